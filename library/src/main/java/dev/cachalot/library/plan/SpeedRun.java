package dev.cachalot.library.plan;

import dev.cachalot.engine.Engine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Speed of one setting, medians over rounds. Every round has fresh prompts of uniformly random
 * tokens, another for each sequence, for the engine keeps what it has seen.
 *
 * @param promptSeconds from handing in to the first token, of all sequences
 * @param tokensPerS of all sequences together, while all of them generate
 */
public record SpeedRun(double promptSeconds, double tokensPerS) {
    private static final int ROUNDS = 5;
    private static final int LEAST_ROUNDS = 3;
    private static final long WARM_UP_NANOS = 2_000_000_000L;
    private static final long MOST_NANOS = 8_000_000_000L; // of all rounds, after three
    private static final double SETTLED = 0.92; // of the time before: no longer getting faster
    private static final int MOST_RUNS = 6;
    private static final long MOST_SETTLING_NANOS = 25_000_000_000L;

    /**
     * Tokens that the engine has read and keeps.
     *
     * @param seconds that reading them took, to the first token after them
     */
    public record Context(int[] ids, double seconds) {
        public static final Context NONE = new Context(new int[0], 0);
    }

    /**
     * What is run.
     *
     * @param batch sequences at once
     * @param before what all sequences begin with: read once ({@link #readContext}), and not again
     *     in the time of the prompt
     * @param prompt tokens of each sequence's own that follow
     * @param generate tokens that each then generates at least while all do; 2 or more
     */
    public record Load(int batch, Context before, int prompt, int generate) {
        /** Sequences that begin with their prompts. */
        public Load(int batch, int prompt, int generate) {
            this(batch, Context.NONE, prompt, generate);
        }

        /**
         * Tokens of the longest sequence: the first one generates while the prompts of the others
         * are read.
         */
        public long longest() {
            long others = (batch - 1L) * Math.ceilDiv(prompt, SpeedRound.CHUNK);
            return (long) before.ids.length + prompt + generate + others;
        }
    }

    /**
     * Runs a load several times.
     *
     * @param warmUp whether the compiler gets some seconds for it first, and not one run only
     */
    public static SpeedRun measure(Engine engine, int vocab, Load load, boolean warmUp) {
        return measure(engine, vocab, load, warmUp, random(load));
    }

    private static SplittableRandom random(Load load) {
        return new SplittableRandom(load.batch * 31L + load.prompt + load.before.ids.length);
    }

    private static SpeedRun measure(
            Engine engine, int vocab, Load load, boolean warmUp, SplittableRandom random) {
        long start = System.nanoTime();
        do {
            SpeedRound.run(engine, vocab, load, random);
        } while (warmUp && System.nanoTime() - start < WARM_UP_NANOS);
        List<SpeedRound> rounds = new ArrayList<>();
        start = System.nanoTime();
        while (rounds.size() < ROUNDS
                && (rounds.size() < LEAST_ROUNDS || System.nanoTime() - start < MOST_NANOS)) {
            rounds.add(SpeedRound.run(engine, vocab, load, random));
        }
        return new SpeedRun(
                median(rounds, SpeedRound::promptSeconds), median(rounds, SpeedRound::tokensPerS));
    }

    /**
     * Runs one sequence at a time until it gets no faster, for the compiler needs a while with a
     * small model. Gives the last measurement, a median as those of other loads are: the best of
     * several would flatter this one beside them.
     */
    public static SpeedRun settled(Engine engine, int vocab, int prompt, int generate) {
        Load load = new Load(1, prompt, generate);
        SplittableRandom random = random(load); // one: the engine knows the prompts it has read
        long start = System.nanoTime();
        SpeedRun last = measure(engine, vocab, load, true, random);
        boolean isSettled = false;
        for (int i = 1; i < MOST_RUNS && !isSettled; i++) {
            if (System.nanoTime() - start > MOST_SETTLING_NANOS) {
                break;
            }
            SpeedRun next = measure(engine, vocab, load, true, random);
            isSettled =
                    next.promptSeconds > SETTLED * last.promptSeconds
                            && SETTLED * next.tokensPerS < last.tokensPerS;
            last = next;
        }
        return last;
    }

    /**
     * Has random tokens read, so that later sequences may begin with them.
     *
     * @param known a shorter context that was read before
     * @param tokens the length of the whole; a multiple of {@value SpeedRound#CHUNK}
     */
    public static Context readContext(Engine engine, int vocab, Context known, int tokens) {
        int[] all = Arrays.copyOf(known.ids, tokens);
        SplittableRandom random = new SplittableRandom(tokens);
        for (int i = known.ids.length; i < tokens; i++) {
            all[i] = random.nextInt(vocab);
        }
        return new Context(all, known.seconds + SpeedRound.read(engine, all));
    }

    private static double median(List<SpeedRound> rounds, ToDoubleFunction<SpeedRound> number) {
        List<SpeedRound> sorted = new ArrayList<>(rounds);
        sorted.sort(Comparator.comparingDouble(number));
        return number.applyAsDouble(sorted.get(sorted.size() / 2));
    }
}
