package dev.cachalot.engine;

import static dev.cachalot.engine.Completion.greedy;
import static dev.cachalot.engine.Completion.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.model.Cache;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Tensor;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class EngineTest {
    private static final EngineConfig CONFIG = new EngineConfig(512, 2, 1024, 2, 16);

    /** Takes a permit for each forward. */
    private static final class PausedModel extends CountingModel {
        private final Semaphore steps = new Semaphore(0);
        private final Semaphore entered = new Semaphore(0);

        @Override
        public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
            entered.release();
            steps.acquireUninterruptibly();
            return super.logits(batch, cache, pass);
        }
    }

    @Test
    void tokensComeInOrderAndThenTheReason() {
        try (Engine engine = CountingModel.engine(new CountingModel(), CONFIG)) {
            TokenStream stream = engine.submit(greedy(new int[] {3, 4, 5}, 4));
            Completion completion = read(stream);
            assertThat(completion.ids()).containsExactly(6, 7, 8, 9);
            assertThat(completion.last())
                    .isEqualTo(
                            new GenerationEvent.Finished(FinishReason.LENGTH, new Usage(3, 0, 4)));
            assertThatThrownBy(stream::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("over");
        }
    }

    @Test
    void stopTokenEndsAndIsNotGivenOut() {
        try (Engine engine = CountingModel.engine(new CountingModel(), CONFIG)) {
            GenerationRequest request =
                    new GenerationRequest(
                            new int[] {3}, 100, SamplingParameters.greedy(), Set.of(6, 900));
            Completion completion = read(engine.submit(request));
            assertThat(completion.ids()).containsExactly(4, 5);
            assertThat(completion.reason()).isEqualTo(FinishReason.STOP);
            assertThat(completion.usage().completionTokens()).isEqualTo(2);
        }
    }

    @Test
    void completionEndsWithTheContext() {
        try (Engine engine = CountingModel.engine(new CountingModel(), CONFIG)) {
            Completion completion = read(engine.submit(greedy(new int[500], Integer.MAX_VALUE)));
            assertThat(completion.tokens()).hasSize(12);
            assertThat(completion.reason()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void promptWithoutRoomForATokenIsRefused() {
        try (Engine engine = CountingModel.engine(new CountingModel(), CONFIG)) {
            assertThatThrownBy(() -> engine.submit(greedy(new int[512], 1)))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessageContaining("512 tokens")
                    .hasMessageContaining("shorten the prompt");
            assertThat(read(engine.submit(greedy(new int[511], 5))).tokens()).hasSize(1);
        }
    }

    @Test
    void promptThatTheCacheCannotHoldIsRefused() {
        EngineConfig small = new EngineConfig(512, 2, 100, 2, 16); // 6 whole blocks
        try (Engine engine = CountingModel.engine(new CountingModel(), small)) {
            assertThatThrownBy(() -> engine.submit(greedy(new int[96], 1)))
                    .isInstanceOf(ContextOverflowException.class)
                    .hasMessageContaining("96");
            assertThat(read(engine.submit(greedy(new int[95], 5))).tokens()).hasSize(1);
        }
    }

    @Test
    void emptyPromptsAndUnknownIdsAreNamed() {
        try (Engine engine = CountingModel.engine(new CountingModel(), CONFIG)) {
            assertThatThrownBy(() -> engine.submit(greedy(new int[0], 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty");
            assertThatThrownBy(() -> engine.submit(greedy(new int[] {1, 1000}, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("token 1 of the prompt is 1000")
                    .hasMessageContaining("0 to 999");
            assertThatThrownBy(() -> engine.submit(greedy(new int[] {-1}, 1)))
                    .hasMessageContaining("is -1");
        }
    }

    @Test
    void fullQueueRefusesAndTakesAgainLater() {
        PausedModel model = new PausedModel();
        try (Engine engine = CountingModel.engine(model, CONFIG)) {
            TokenStream first = engine.submit(greedy(new int[] {1}, 1));
            model.entered.acquireUninterruptibly(); // it runs: both places are free again
            TokenStream second = engine.submit(greedy(new int[] {2}, 1));
            TokenStream third = engine.submit(greedy(new int[] {3}, 1));
            assertThatThrownBy(() -> engine.submit(greedy(new int[] {4}, 1)))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("queue of 2");
            model.steps.release(1000);
            assertThat(read(first).ids()).containsExactly(2);
            assertThat(read(second).ids()).containsExactly(3);
            assertThat(read(third).ids()).containsExactly(4);
            assertThat(read(engine.submit(greedy(new int[] {4}, 1))).ids()).containsExactly(5);
        }
    }

    @Test
    void closedStreamEndsRunningAndWaitingRequests() {
        PausedModel model = new PausedModel();
        try (Engine engine = CountingModel.engine(model, new EngineConfig(512, 1, 512, 1, 16))) {
            TokenStream running = engine.submit(greedy(new int[] {1}, 500));
            model.entered.acquireUninterruptibly();
            TokenStream waiting = engine.submit(greedy(new int[] {1}, 500));
            waiting.close();
            running.close();
            model.steps.release(1);
            assertThat(read(running).reason()).isEqualTo(FinishReason.CANCELLED);
            Completion never = read(waiting);
            assertThat(never.reason()).isEqualTo(FinishReason.CANCELLED);
            assertThat(never.usage()).isEqualTo(new Usage(1, 0, 0));
            model.steps.release(1000);
            assertThat(read(engine.submit(greedy(new int[] {1}, 3))).tokens()).hasSize(3);
        }
    }

    @Test
    void closedEngineFailsOpenStreamsAndRefusesFurtherOnes() {
        PausedModel model = new PausedModel();
        Engine engine = CountingModel.engine(model, CONFIG);
        TokenStream running = engine.submit(greedy(new int[] {1}, 500));
        model.entered.acquireUninterruptibly();
        TokenStream waiting = engine.submit(greedy(new int[] {1}, 500));
        model.steps.release(1);
        assertThat(running.next()).isInstanceOf(GenerationEvent.Token.class);
        Thread closer = Thread.ofVirtual().start(engine::close);
        model.entered.acquireUninterruptibly();
        while (closer.getState() != Thread.State.WAITING) { // until it has asked and waits
            Thread.onSpinWait();
        }
        model.steps.release(1);
        for (TokenStream stream : Arrays.asList(running, waiting)) {
            GenerationEvent last = read(stream).last();
            assertThat(last).isInstanceOf(GenerationEvent.Failed.class);
            assertThat(((GenerationEvent.Failed) last).cause())
                    .isInstanceOf(StoppedException.class)
                    .hasMessageContaining("closed");
        }
        joined(closer);
        engine.close();
        assertThatThrownBy(() -> engine.submit(greedy(new int[] {1}, 1)))
                .isInstanceOf(StoppedException.class);
        assertThat(engine.stats().blocksUsed()).isZero();
    }

    @Test
    void failingForwardFailsItsSequencesAndNotTheNext() {
        CountingModel failing =
                new CountingModel() {
                    @Override
                    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
                        if (batch.ids()[0] == 13) {
                            throw new IllegalStateException("unlucky");
                        }
                        return super.logits(batch, cache, pass);
                    }
                };
        try (Engine engine = CountingModel.engine(failing, CONFIG)) {
            Completion broken = read(engine.submit(greedy(new int[] {12}, 5)));
            assertThat(broken.ids()).containsExactly(13);
            assertThat(((GenerationEvent.Failed) broken.last()).cause())
                    .isInstanceOf(ComputationFailedException.class)
                    .hasMessageContaining("unlucky");
            assertThat(read(engine.submit(greedy(new int[] {14}, 2))).ids())
                    .containsExactly(15, 16);
            while (engine.stats().blocksUsed() > 0) { // counted after the last event is out
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void logitsThatAreNotNumbersFailOnlyTheirSequence() {
        CountingModel failing =
                new CountingModel() {
                    @Override
                    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
                        Tensor logits = super.logits(batch, cache, pass);
                        for (int i = 0; i < batch.logitRows().length; i++) {
                            if (batch.ids()[batch.logitRows()[i]] == 13) {
                                logits.set(i, 500, Float.NaN);
                            }
                        }
                        return logits;
                    }
                };
        try (Engine engine = CountingModel.engine(failing, CONFIG)) {
            TokenStream sick = engine.submit(greedy(new int[] {10}, 9));
            TokenStream well = engine.submit(greedy(new int[] {20}, 9));
            Completion broken = read(sick);
            assertThat(broken.ids()).containsExactly(11, 12, 13);
            assertThat(((GenerationEvent.Failed) broken.last()).cause())
                    .hasMessageContaining("not numbers");
            assertThat(read(well).tokens()).hasSize(9);
        }
    }

    @Test
    void interruptedReaderCancels() {
        PausedModel model = new PausedModel();
        try (Engine engine = CountingModel.engine(model, CONFIG)) {
            TokenStream stream = engine.submit(greedy(new int[] {1}, 500));
            model.entered.acquireUninterruptibly();
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::next).isInstanceOf(StoppedException.class);
            assertThat(Thread.interrupted()).isTrue();
            model.steps.release(1000);
            assertThat(read(stream).reason()).isEqualTo(FinishReason.CANCELLED);
        }
    }

    private static void joined(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
