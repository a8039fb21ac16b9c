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
 * One run of a load. Sequences begin in order, and each step gives all that have begun a token; so
 * the last one's tokens tell the time of all, and the others get so many more that none is over
 * before it. With guesses ahead a step's tokens differ: its pace then stands for that of the
 * others.
 */
record SpeedRound(double promptSeconds, double tokensPerS) {
    /** The engine cuts prompts at multiples of this, and reads one piece a step at least. */
    static final int CHUNK = 256;

    static SpeedRound run(Engine engine, int vocab, SpeedRun.Load load, SplittableRandom random) {
        int known = load.before().ids().length;
        int longest = (int) (load.longest() - known - load.prompt());
        List<TokenStream> streams = new ArrayList<>();
        long start = System.nanoTime();
        try {
            for (int i = 0; i < load.batch(); i++) {
                int[] ids = Arrays.copyOf(load.before().ids(), known + load.prompt());
                for (int at = known; at < ids.length; at++) {
                    ids[at] = random.nextInt(vocab);
                }
                int most = i == load.batch() - 1 ? load.generate() : longest;
                streams.add(submit(engine, ids, most));
            }
            for (TokenStream stream : streams) {
                token(stream);
            }
            long first = System.nanoTime();
            TokenStream youngest = streams.getLast();
            for (int i = 1; i < load.generate(); i++) {
                token(youngest);
            }
            long last = System.nanoTime();
            checkKept(youngest, known);
            double steps = (load.generate() - 1) / (Math.max(1, last - first) / 1e9);
            return new SpeedRound(Math.max(1, first - start) / 1e9, load.batch() * steps);
        } finally {
            streams.forEach(TokenStream::close);
        }
    }

    /** Seconds to the first token after a prompt. */
    static double read(Engine engine, int[] ids) {
        long start = System.nanoTime();
        try (TokenStream stream = submit(engine, ids, 1)) {
            token(stream);
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static TokenStream submit(Engine engine, int[] ids, int most) {
        return engine.submit(
                new GenerationRequest(ids, most, SamplingParameters.greedy(), Set.of()));
    }

    private static void token(TokenStream stream) {
        switch (stream.next()) {
            case GenerationEvent.Token _ -> {}
            case GenerationEvent.Finished(var _, var usage) ->
                    throw new IllegalStateException(
                            "a sequence was over after %,d tokens; a longer context is needed"
                                    .formatted(usage.completionTokens()));
            case GenerationEvent.Failed(var cause) -> throw cause;
        }
    }

    private static void checkKept(TokenStream stream, int known) {
        switch (stream.next()) {
            case GenerationEvent.Token _ ->
                    throw new IllegalStateException("a sequence got more tokens than it asked for");
            case GenerationEvent.Finished(var _, var usage) -> {
                if (usage.cachedTokens() < known) {
                    throw new IllegalStateException(
                            "the engine kept %,d of the %,d tokens that were read before"
                                    .formatted(usage.cachedTokens(), known));
                }
            }
            case GenerationEvent.Failed(var cause) -> throw cause;
        }
    }
}
