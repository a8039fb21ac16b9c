package dev.cachalot.library.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.cachalot.engine.Engine;
import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.library.plan.SpeedRun.Context;
import dev.cachalot.library.plan.SpeedRun.Load;
import dev.cachalot.tensor.Rung;
import dev.cachalot.testing.Repository;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpeedRoundTest {

    private static LoadedModel load() throws Exception {
        return ModelLoader.load(
                Repository.root().resolve("models/cachalot-v0.gguf"),
                new LoadOptions(1, OptionalInt.of(1024), Rung.fastest(), Speculation.OFF));
    }

    @Test
    void sequencesOfABatchDifferAndNoneIsOverBeforeTheLast() throws Exception {
        try (LoadedModel model = load()) {
            Load load = new Load(8, 300, 6); // two chunks each: the first is steps ahead
            Engine engine = model.engine();
            SpeedRound round =
                    SpeedRound.run(
                            engine, model.config().vocabSize(), load, new SplittableRandom(1));
            assertThat(round.tokensPerS()).isPositive();
            assertThat(round.promptSeconds()).isPositive();
            assertThat(engine.stats().promptTokens()).isEqualTo(8 * 300);
            assertThat(engine.stats().cachedTokens()).as("all are different").isZero();
            // as many tokens as the last one has, and the first ones those before it as well
            assertThat(engine.stats().completionTokens()).isGreaterThan(8 * 6);
            assertThat(load.longest()).isEqualTo(300 + 6 + 7 * 2);
        }
    }

    @Test
    void noPromptIsReadTwiceUntilTheSpeedSettles() throws Exception {
        try (LoadedModel model = load()) {
            SpeedRun.settled(model.engine(), model.config().vocabSize(), 300, 3);
            assertThat(model.engine().stats().cachedTokens()).isZero();
        }
    }

    @Test
    void aContextThatEndsTooSoonIsNamed() throws Exception {
        try (LoadedModel model = load()) {
            assertThatIllegalStateException()
                    .isThrownBy(
                            () ->
                                    SpeedRound.run(
                                            model.engine(),
                                            model.config().vocabSize(),
                                            new Load(1, 1000, 30),
                                            new SplittableRandom(1)))
                    .withMessageContaining("over after 24 tokens");
        }
    }

    @Test
    void aContextIsReadOnce() throws Exception {
        try (LoadedModel model = load()) {
            Engine engine = model.engine();
            int vocab = model.config().vocabSize();
            Context part = SpeedRun.readContext(engine, vocab, Context.NONE, 256);
            Context context = SpeedRun.readContext(engine, vocab, part, 768);
            assertThat(engine.stats().cachedTokens()).isEqualTo(256);
            assertThat(context.ids()).startsWith(part.ids()).hasSize(768);
            assertThat(context.seconds()).isGreaterThan(part.seconds());
            SpeedRun run = SpeedRun.measure(engine, vocab, new Load(1, context, 8, 3), false);
            assertThat(run.tokensPerS()).isPositive();
            assertThat(run.promptSeconds()).isLessThan(context.seconds());
            long rounds = (engine.stats().promptTokens() - 256 - 768) / 776;
            assertThat(rounds).isGreaterThan(3);
            assertThat(engine.stats().cachedTokens()).isEqualTo(256 + rounds * 768);
        }
    }

    @Test
    void aContextThatTheEngineDoesNotKeepEndsTheRun() throws Exception {
        try (LoadedModel model = load()) {
            Load load = new Load(1, new Context(new int[256], 1), 8, 3);
            assertThatIllegalStateException()
                    .isThrownBy(
                            () ->
                                    SpeedRun.measure(
                                            model.engine(),
                                            model.config().vocabSize(),
                                            load,
                                            false))
                    .withMessageContaining("kept 0 of the 256 tokens");
        }
    }
}
