package dev.cachalot.engine;

import static dev.cachalot.engine.Completion.greedy;
import static dev.cachalot.engine.Completion.read;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.model.Cache;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many forwards guesses save, on models that are easy to follow. */
@Timeout(60)
class SpeculationTest {
    private static final EngineConfig CONFIG =
            new EngineConfig(4096, 4, 8192, 16, 16, Speculation.LOOKUP);

    private record Result(Completion completion, EngineStats stats) {}

    private static Result run(Forward model, GenerationRequest request, Speculation speculation) {
        Engine engine = CountingModel.engine(model, CONFIG.withSpeculation(speculation));
        Completion completion;
        try (engine) {
            completion = read(engine.submit(request));
        }
        return new Result(completion, engine.stats());
    }

    /** Counts from 0 to 9, again and again. */
    private static class Round implements Forward {
        @Override
        public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
            int[] rows = batch.logitRows();
            Tensor logits = pass.workspace().zeros(rows.length, CountingModel.VOCAB);
            for (int i = 0; i < rows.length; i++) {
                logits.set(i, (batch.ids()[rows[i]] + 1) % 10, 20);
            }
            return logits;
        }
    }

    @Test
    void editingAFileTakesFarFewerForwardsForTheSameTokens() {
        double[] least = {Double.MAX_VALUE};
        Cases.forAll(
                8,
                random -> {
                    EditedFile file = EditedFile.of(random);
                    GenerationRequest request = greedy(file.prompt(), file.answer().length);
                    ScriptedModel plain = new ScriptedModel(file.script());
                    ScriptedModel guessed = new ScriptedModel(file.script());
                    Result slow = run(plain, request, Speculation.OFF);
                    Result fast = run(guessed, request, Speculation.LOOKUP);
                    assertThat(slow.completion().ids()).isEqualTo(file.answer());
                    assertThat(fast.completion()).isEqualTo(slow.completion());
                    least[0] = Math.min(least[0], (double) plain.forwards() / guessed.forwards());
                    assertThat(fast.stats().steps()).isEqualTo(guessed.forwards());
                    assertThat(slow.stats().steps() - fast.stats().steps())
                            .as("forwards saved")
                            .isEqualTo(fast.stats().accepted());
                    assertThat(slow.stats().drafted()).isZero();
                });
        assertThat(least[0]).as("times fewer forwards").isGreaterThan(3);
    }

    /** Twenty words in random order: pairs repeat all the time, and what follows does not. */
    @Test
    void textThatDoesNotRepeatCostsFewRows() {
        Cases.forAll(
                8,
                random -> {
                    int[] script = random.ints(900, 0, 20).toArray();
                    int[] prompt = Arrays.copyOf(script, 100);
                    ScriptedModel plain = new ScriptedModel(script);
                    ScriptedModel guessed = new ScriptedModel(script);
                    Result slow = run(plain, greedy(prompt, 800), Speculation.OFF);
                    Result fast = run(guessed, greedy(prompt, 800), Speculation.AUTO);
                    assertThat(fast.completion()).isEqualTo(slow.completion());
                    int wrong = guessed.rows() - plain.rows();
                    assertThat(wrong)
                            .isEqualTo((int) (fast.stats().drafted() - fast.stats().accepted()))
                            .isBetween(1, 8 + 800 / 16 + 2 * (int) fast.stats().accepted());
                    assertThat(guessed.forwards()).isLessThanOrEqualTo(plain.forwards());
                });
    }

    @Test
    void completionsEndWhereTheyEndWithoutGuesses() {
        int[] prompt = new int[40];
        Arrays.setAll(prompt, i -> i % 10);
        Engine off = CountingModel.engine(new Round(), CONFIG.withSpeculation(Speculation.OFF));
        Engine lookup = CountingModel.engine(new Round(), CONFIG);
        try (off;
                lookup) {
            for (int most = 1; most < 50; most++) {
                for (Set<Integer> stops : List.of(Set.<Integer>of(), Set.of(most % 10))) {
                    GenerationRequest request =
                            new GenerationRequest(prompt, most, SamplingParameters.greedy(), stops);
                    assertThat(read(lookup.submit(request))).isEqualTo(read(off.submit(request)));
                }
            }
        }
        assertThat(lookup.stats().completionTokens()).isEqualTo(off.stats().completionTokens());
        assertThat(lookup.stats().blocksUsed()).isZero();
        assertThat(lookup.stats().steps()).isLessThan(off.stats().steps() / 2);
    }

    @Test
    void contextAndCacheAreFilledToTheLastToken() {
        int[] prompt = new int[40];
        Arrays.setAll(prompt, i -> i % 10);
        for (int context = 41; context < 100; context += 5) {
            for (int cacheTokens : new int[] {64, 128}) {
                EngineConfig config =
                        new EngineConfig(context, 1, cacheTokens, 1, 16, Speculation.LOOKUP);
                try (Engine engine = CountingModel.engine(new Round(), config)) {
                    Completion completion = read(engine.submit(greedy(prompt, 1000)));
                    assertThat(completion.tokens())
                            .hasSize(Math.min(context, cacheTokens) - prompt.length);
                    assertThat(completion.reason()).isEqualTo(FinishReason.LENGTH);
                }
            }
        }
    }

    /** The eighth token after the prompt cannot be computed; the seven before it are given out. */
    @Test
    void brokenLogitsBehindRightGuessesBreakNothingBeforeThem() {
        Forward broken =
                new Round() {
                    @Override
                    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
                        Tensor logits = super.logits(batch, cache, pass);
                        for (int i = 0; i < batch.logitRows().length; i++) {
                            if (batch.positions()[batch.logitRows()[i]] == 46) {
                                logits.set(i, 500, Float.NaN);
                            }
                        }
                        return logits;
                    }
                };
        int[] prompt = new int[40];
        Arrays.setAll(prompt, i -> i % 10);
        for (Speculation speculation : List.of(Speculation.OFF, Speculation.LOOKUP)) {
            Completion completion = run(broken, greedy(prompt, 100), speculation).completion();
            assertThat(completion.ids()).as("%s", speculation).containsExactly(0, 1, 2, 3, 4, 5, 6);
            assertThat(((GenerationEvent.Failed) completion.last()).cause())
                    .hasMessageContaining("not numbers");
        }
    }

    @Test
    void manySequencesAtOnceLeaveNoRowsForGuesses() {
        int[] prompt = new int[40];
        Arrays.setAll(prompt, i -> i % 10);
        int[] most = new int[1]; // rows of a forward without a prompt
        Forward watched =
                new Round() {
                    @Override
                    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
                        boolean generating =
                                batch.placed().stream()
                                        .allMatch(each -> each.chunk().firstPosition() >= 40);
                        most[0] = Math.max(most[0], generating ? batch.rows() : 0);
                        return super.logits(batch, cache, pass);
                    }
                };
        Engine engine =
                CountingModel.engine(
                        watched, new EngineConfig(512, 32, 16384, 64, 16, Speculation.AUTO));
        try (engine) {
            List<TokenStream> streams = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                streams.add(engine.submit(greedy(prompt, 20 + 3 * i)));
            }
            streams.forEach(stream -> assertThat(read(stream).ids()[3]).isEqualTo(3));
        }
        assertThat(most[0]).isBetween(16, 32);
        assertThat(engine.stats().accepted()).isPositive();
    }

    /**
     * A chain of four tokens with known probabilities; the prompt makes look-up guess. The first
     * four tokens of 20,000 completions, guessed and not, are as often what they should be.
     */
    @Test
    void sampledTokensHaveTheDistributionOfPlainSampling() {
        float[][] chain = {{4, 1, 2, 3}, {1, 5, 1, 2}, {3, 2, 4, 1}, {1, 1, 1, 6}};
        Forward model =
                (batch, cache, pass) -> {
                    int[] rows = batch.logitRows();
                    Tensor logits = pass.workspace().floats(rows.length, CountingModel.VOCAB);
                    float[] row = new float[CountingModel.VOCAB];
                    for (int i = 0; i < rows.length; i++) {
                        Arrays.fill(row, -1000);
                        for (int next = 0; next < 4; next++) {
                            float weight = chain[batch.ids()[rows[i]]][next];
                            row[next] = (float) (2 * Math.log(weight)); // times 1/2: temperature
                        }
                        logits.setRow(i, row);
                    }
                    return logits;
                };
        int[] prompt = {0, 3, 3, 0, 0, 3, 3, 0, 0, 3, 3, 0, 0};
        int count = 20_000;
        int[] seen = new int[256];
        SplittableRandom seeds = new SplittableRandom(12);
        Engine engine = CountingModel.engine(model, CONFIG);
        try (engine) {
            for (int i = 0; i < count; i++) {
                SamplingParameters sampling =
                        new SamplingParameters(2, 1, 0, 0, 1, OptionalLong.of(seeds.nextLong()));
                int[] ids =
                        read(engine.submit(new GenerationRequest(prompt, 5, sampling, Set.of())))
                                .ids();
                seen[64 * ids[0] + 16 * ids[1] + 4 * ids[2] + ids[3]]++;
            }
        }
        assertThat(engine.stats().accepted()).isGreaterThan(count / 4);
        assertThat(engine.stats().drafted() - engine.stats().accepted()).isGreaterThan(count / 4);
        double squares = 0;
        for (int cell = 0; cell < 256; cell++) {
            int[] ids = {0, cell / 64, cell / 16 % 4, cell / 4 % 4, cell % 4};
            double expected = count;
            for (int i = 1; i < 5; i++) {
                float[] row = chain[ids[i - 1]];
                expected *= row[ids[i]] / (row[0] + row[1] + row[2] + row[3]);
            }
            squares += (seen[cell] - expected) * (seen[cell] - expected) / expected;
        }
        // 255 degrees of freedom: mean 255, standard deviation 22.6; once in 10,000 above 349
        assertThat(squares).isBetween(175.0, 349.0);
    }
}
