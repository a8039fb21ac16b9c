package dev.cachalot.engine;

import static dev.cachalot.engine.Completion.greedy;
import static dev.cachalot.engine.Completion.prompt;
import static dev.cachalot.engine.Completion.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.model.Cache;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guesses of a multi-token-prediction block, on a decoder with random weights. */
class NextTokenGuessesTest {
    private static final EngineConfig CONFIG =
            new EngineConfig(1024, 8, 4096, 64, 16, Speculation.AUTO);

    /** A guess, and the tokens of its sequence that were known when it was made. */
    private record Guess(int sequence, int known, int id) {}

    /** The block of a decoder, written down. */
    private static final class Watched implements Forward {
        private final NextTokenGuesses block;
        private final List<Guess> guesses = new ArrayList<>();

        Watched(Decoder decoder) {
            block = new NextTokenGuesses(decoder, decoder.nextTokenBlock().orElseThrow());
        }

        @Override
        public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
            return block.logits(batch, cache, pass);
        }

        @Override
        public void guess(Plan plan, Outcome[] outcomes, Cache cache, Pass pass) {
            block.guess(plan, outcomes, cache, pass);
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] instanceof Outcome.Chosen(var tokens, int guess)
                        && guess != Sequence.NO_GUESS) {
                    Sequence sequence = plan.sequences().get(i);
                    int known = sequence.length() + tokens.size();
                    guesses.add(new Guess(sequence.number(), known, guess));
                }
            }
        }
    }

    /** What the block gives for all places of a sequence at once, without a cache. */
    private static float[][] recompute(TinyDecoder tiny, int[] tokens) {
        Decoder decoder = tiny.decoder();
        int rows = tokens.length - 1;
        boolean[] all = new boolean[rows];
        Arrays.fill(all, true);
        int[] first = Arrays.copyOf(tokens, rows);
        try (Workspace workspace = new Workspace()) {
            Pass pass = new Pass(tiny.kernels(), workspace, ForwardTrace.recording());
            ForwardBatch batch = ForwardBatch.training(List.of(first), List.of(all));
            Tensor hidden = decoder.forward(batch, Cache.none(), pass).hidden();
            int[] next = Arrays.copyOfRange(tokens, 1, tokens.length);
            Tensor logits =
                    decoder.nextTokenBlock()
                            .orElseThrow()
                            .forward(
                                    hidden,
                                    next,
                                    batch.logitRows(),
                                    decoder,
                                    batch,
                                    Cache.none(),
                                    pass);
            float[][] found = new float[rows][TinyDecoder.VOCAB];
            for (int i = 0; i < rows; i++) {
                logits.copyRow(i, found[i]);
            }
            return found;
        }
    }

    /** Long prompts and short ones, three at once, with right and wrong drafts by look-up. */
    @ParameterizedTest
    @EnumSource(Rung.class)
    void guessesAreWhatTheBlockSaysOfTheWholeText(Rung rung) {
        assumeTrue(rung.unsupported().isEmpty(), rung.unsupported()::toString);
        try (TinyDecoder tiny = new TinyDecoder(rung, 2, TinyDecoder.Kind.NEXT_TOKEN)) {
            Watched watched = new Watched(tiny.decoder());
            List<int[]> prompts = new ArrayList<>();
            for (int length : new int[] {1, 40, 530}) {
                prompts.add(prompt(new SplittableRandom(length), length, TinyDecoder.VOCAB));
            }
            List<int[]> texts = new ArrayList<>();
            Engine engine =
                    Engine.start(
                            watched,
                            Engine.layout(tiny.decoder(), Speculation.AUTO, tiny.kernels()),
                            TinyDecoder.VOCAB,
                            tiny.kernels(),
                            CONFIG);
            try (engine) {
                List<TokenStream> streams =
                        prompts.stream().map(each -> engine.submit(greedy(each, 50))).toList();
                for (int i = 0; i < streams.size(); i++) {
                    texts.add(read(streams.get(i)).after(prompts.get(i)));
                }
            }
            EngineStats stats = engine.stats();
            assertThat(stats.accepted()).isPositive();
            assertThat(stats.drafted() - stats.accepted()).isPositive();
            List<float[][]> expected = texts.stream().map(each -> recompute(tiny, each)).toList();
            int checked = 0;
            for (Guess guess : watched.guesses) {
                float[][] rows = expected.get(guess.sequence);
                if (guess.known - 2 < rows.length) {
                    float[] row = rows[guess.known - 2];
                    for (float other : row) {
                        assertThat(other).as("%s", guess).isLessThan(row[guess.id] + 1e-3f);
                    }
                    checked++;
                }
            }
            assertThat(checked).isGreaterThan(40);
        }
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void guessesOfTheBlockChangeNoBit(Rung rung) {
        assumeTrue(rung.unsupported().isEmpty(), rung.unsupported()::toString);
        SplittableRandom random = new SplittableRandom(31);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int length : new int[] {1, 33, 257}) {
            int[] prompt = prompt(random, length, TinyDecoder.VOCAB);
            requests.add(greedy(prompt, 40));
            requests.add(Completion.sampled(prompt, 20, length));
        }
        try (TinyDecoder tiny = new TinyDecoder(rung, 2, TinyDecoder.Kind.NEXT_TOKEN)) {
            List<List<GenerationEvent.Token>> expected =
                    run(tiny, CONFIG.withSpeculation(Speculation.OFF), requests, true);
            EngineConfig block = CONFIG.withSpeculation(Speculation.MTP);
            assertThat(run(tiny, block, requests, false)).isEqualTo(expected);
            assertThat(run(tiny, CONFIG, requests, true)).isEqualTo(expected);
            EngineConfig tight = new EngineConfig(1024, 8, 448, 64, 16, Speculation.MTP);
            assertThat(run(tiny, tight, requests, true)).isEqualTo(expected);
        }
    }

    private static List<List<GenerationEvent.Token>> run(
            TinyDecoder tiny,
            EngineConfig config,
            List<GenerationRequest> requests,
            boolean together) {
        List<List<GenerationEvent.Token>> tokens = new ArrayList<>();
        try (Engine engine = tiny.engine(config)) {
            List<TokenStream> streams = new ArrayList<>();
            for (GenerationRequest request : requests) {
                streams.add(engine.submit(request));
                if (!together) {
                    tokens.add(read(streams.getLast()).tokens());
                }
            }
            if (together) {
                streams.forEach(stream -> tokens.add(read(stream).tokens()));
            }
        }
        return tokens;
    }

    /** Follows each token by the next number, and its block knows it. */
    private static class Knowing extends CountingModel {
        @Override
        public void guess(Plan plan, Outcome[] outcomes, Cache cache, Pass pass) {
            for (int i = 0; i < outcomes.length; i++) {
                if (outcomes[i] instanceof Outcome.Chosen(var tokens, _)) {
                    int next = (tokens.getLast().id() + 1) % CountingModel.VOCAB;
                    outcomes[i] = new Outcome.Chosen(tokens, next);
                }
            }
        }
    }

    private static void assertTwoTokensAForward(Knowing model, float repetitionPenalty) {
        SamplingParameters sampling =
                new SamplingParameters(0, 1, 0, 0, repetitionPenalty, OptionalLong.empty());
        GenerationRequest request = new GenerationRequest(new int[] {3}, 101, sampling, Set.of());
        Engine engine = CountingModel.engine(model, CONFIG.withSpeculation(Speculation.MTP));
        try (engine) {
            int[] expected = new int[101];
            Arrays.setAll(expected, i -> 4 + i);
            assertThat(read(engine.submit(request)).ids()).containsExactly(expected);
        }
        assertThat(engine.stats().steps()).isEqualTo(1 + 50);
        assertThat(engine.stats().accepted()).isEqualTo(50);
        assertThat(engine.stats().drafted()).isEqualTo(50);
    }

    @Test
    void rightGuessesHalveTheForwards() {
        assertTwoTokensAForward(new Knowing(), 1);
    }

    /** A model that would rather say the same token again, if it were not for the penalty. */
    @Test
    void repetitionPenaltyIsForGuessesToo() {
        Knowing stammering =
                new Knowing() {
                    @Override
                    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
                        Tensor logits = super.logits(batch, cache, pass);
                        for (int i = 0; i < batch.logitRows().length; i++) {
                            logits.set(i, batch.ids()[batch.logitRows()[i]], 21);
                        }
                        return logits;
                    }
                };
        assertTwoTokensAForward(stammering, 1.3f);
    }

    @Test
    void modelWithoutABlockIsRefusedForIt() {
        try (TinyDecoder tiny = new TinyDecoder(Rung.SCALAR, 1)) {
            EngineConfig config = CONFIG.withSpeculation(Speculation.MTP);
            assertThatThrownBy(() -> tiny.engine(config))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no multi-token-prediction block");
        }
    }
}
