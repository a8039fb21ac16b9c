package dev.cachalot.library.plan;

import dev.cachalot.engine.Engine;
import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.TokenStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Times of one setting, medians over rounds. Every round has fresh random prompts, for the engine
 * keeps what it has seen.
 *
 * @param promptSeconds from handing in to the first token, of all sequences
 * @param generateSeconds from there to the last token of all
 */
public record SpeedRun(double promptSeconds, double generateSeconds) {
    private static final int ROUNDS = 5;
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MOST_NANOS = 10_000_000_000L; // of all rounds, after three
    private static final double SETTLED = 0.92; // of the time before: no longer getting faster
    private static final int MOST_RUNS = 6;
    private static final long MOST_SETTLING_NANOS = 25_000_000_000L;

    private record Round(long promptNanos, long generateNanos) {}

    /** Runs {@code batch} sequences at once. */
    public static SpeedRun measure(
            Engine engine, int vocab, int batch, int prompt, int generate, boolean warmUp) {
        SplittableRandom random = new SplittableRandom(batch * 31L + prompt);
        long start = System.nanoTime();
        do {
            round(engine, vocab, batch, prompt, generate, random);
        } while (warmUp && System.nanoTime() - start < WARM_UP_NANOS);
        List<Round> rounds = new ArrayList<>();
        start = System.nanoTime();
        while (rounds.size() < ROUNDS
                && (rounds.size() < 3 || System.nanoTime() - start < MOST_NANOS)) {
            rounds.add(round(engine, vocab, batch, prompt, generate, random));
        }
        return new SpeedRun(
                median(rounds.stream().mapToLong(Round::promptNanos).toArray()),
                median(rounds.stream().mapToLong(Round::generateNanos).toArray()));
    }

    /**
     * Runs one sequence at a time until it gets no faster, for the compiler needs a while with a
     * small model. Gives the fastest.
     */
    public static SpeedRun settled(Engine engine, int vocab, int prompt, int generate) {
        long start = System.nanoTime();
        SpeedRun best = measure(engine, vocab, 1, prompt, generate, true);
        boolean isSettled = false;
        for (int i = 1; i < MOST_RUNS && !isSettled; i++) {
            if (System.nanoTime() - start > MOST_SETTLING_NANOS) {
                break;
            }
            SpeedRun next = measure(engine, vocab, 1, prompt, generate, true);
            isSettled =
                    next.promptSeconds > SETTLED * best.promptSeconds
                            && next.generateSeconds > SETTLED * best.generateSeconds;
            best =
                    new SpeedRun(
                            Math.min(best.promptSeconds, next.promptSeconds),
                            Math.min(best.generateSeconds, next.generateSeconds));
        }
        return best;
    }

    private static double median(long[] nanos) {
        Arrays.sort(nanos);
        return Math.max(1, nanos[nanos.length / 2]) / 1e9;
    }

    private static Round round(
            Engine engine,
            int vocab,
            int batch,
            int prompt,
            int generate,
            SplittableRandom random) {
        List<TokenStream> streams = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (int i = 0; i < batch; i++) {
                int[] ids = random.ints(prompt, 0, vocab).toArray();
                streams.add(
                        engine.submit(
                                new GenerationRequest(
                                        ids, generate, SamplingParameters.greedy(), Set.of())));
            }
            long first = start;
            for (TokenStream stream : streams) {
                next(stream);
                first = System.nanoTime(); // the last sequence's first token
            }
            for (TokenStream stream : streams) {
                boolean more = true;
                while (more) {
                    more = next(stream);
                }
            }
            return new Round(first - start, System.nanoTime() - first);
        } finally {
            streams.forEach(TokenStream::close);
        }
    }

    /** Whether the next event is a token. */
    private static boolean next(TokenStream stream) {
        return switch (stream.next()) {
            case GenerationEvent.Token _ -> true;
            case GenerationEvent.Finished _ -> false;
            case GenerationEvent.Failed(var cause) -> throw cause;
        };
    }
}
