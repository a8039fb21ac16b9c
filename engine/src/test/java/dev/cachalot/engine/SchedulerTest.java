package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardBatch.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Single decisions of the scheduler; the model always chooses token 5. */
class SchedulerTest {
    /** Steps a scheduler without a model. */
    private static final class Driver {
        final Scheduler scheduler;
        int epoch;
        int numbered;
        Plan plan = Plan.NOTHING;
        final List<List<ForwardBatch.Chunk>> steps = new ArrayList<>();

        Driver(EngineConfig config) {
            this.scheduler =
                    new Scheduler(
                            config.withSpeculation(Speculation.OFF),
                            new Semaphore(config.queueCapacity()));
        }

        Sequence sequence(int[] prompt, int maxNewTokens) {
            return new Sequence(
                    numbered++, Completion.greedy(prompt, maxNewTokens), new QueuedStream(), 0);
        }

        /** Commits the plan that is in flight, and makes the next. */
        void step(Sequence... arrivals) {
            Outcome[] outcomes = new Outcome[plan.sequences().size()];
            for (ForwardBatch.Placed placed : plan.batch().placed()) {
                boolean last = placed.chunk().logits() == ForwardBatch.Logits.LAST;
                outcomes[placed.index()] = last ? Completion.chosen(5) : new Outcome.Computed();
            }
            scheduler.commit(plan, List.of(outcomes), List.of(arrivals), epoch);
            plan = scheduler.plan();
            steps.add(plan.batch().placed().stream().map(ForwardBatch.Placed::chunk).toList());
        }

        Completion finish(Sequence sequence, Sequence... arrivals) {
            step(arrivals);
            while (!scheduler.isIdle()) {
                step();
            }
            return Completion.read(sequence.stream());
        }

        int cachedTokens(int[] prompt) {
            Sequence sequence = sequence(prompt, 1);
            return finish(sequence, sequence).usage().cachedTokens();
        }
    }

    private final Driver driver = new Driver(new EngineConfig(2048, 4, 4096, 16, 64));

    private static int[] counting(int length) {
        int[] prompt = new int[length];
        Arrays.setAll(prompt, i -> 10 + i);
        return prompt;
    }

    @Test
    void promptIsCutAtMultiplesOf256AndShortChunksAreAbsorbed() {
        Sequence sequence = driver.sequence(counting(530), 2);
        driver.finish(sequence, sequence);
        List<ForwardBatch.Chunk> chunks = driver.steps.stream().flatMap(List::stream).toList();
        assertThat(chunks.stream().map(chunk -> chunk.ids().length)).containsExactly(512, 18, 1);
        assertThat(chunks.stream().map(ForwardBatch.Chunk::firstPosition))
                .containsExactly(0, 512, 530);
        assertThat(chunks.stream().map(ForwardBatch.Chunk::form))
                .containsExactly(Form.NAIVE, Form.ABSORBED, Form.ABSORBED);
        assertThat(chunks.get(0).ids()[255]).isEqualTo(265);
        assertThat(chunks.get(2).ids()).containsExactly(5);
    }

    /** A chunk of any length has the forms that pieces of 256 have. */
    @Test
    void aLoneLongPromptGoesInLongChunksAndOneInCompanyInShortOnes() {
        Sequence alone = driver.sequence(counting(1500), 1);
        driver.finish(alone, alone);
        assertThat(driver.steps.stream().flatMap(List::stream).map(chunk -> chunk.ids().length))
                .containsExactly(1024, 476);
        driver.steps.clear();
        Sequence first = driver.sequence(other(1060), 1);
        Sequence second = driver.sequence(other(300), 1);
        driver.finish(first, first, second);
        List<ForwardBatch.Chunk> chunks =
                driver.steps.stream()
                        .flatMap(List::stream)
                        .filter(chunk -> chunk.sequence() == first.number())
                        .toList();
        assertThat(chunks.stream().map(chunk -> chunk.ids().length).limit(2))
                .containsExactly(256, 256);
        assertThat(chunks.stream().map(ForwardBatch.Chunk::form)).containsOnly(Form.NAIVE);
        assertThat(chunks.stream().mapToInt(chunk -> chunk.ids().length).sum()).isEqualTo(1060);
        assertThat(chunks).allMatch(chunk -> chunk.firstPosition() % 256 == 0);
    }

    private static int[] other(int length) {
        int[] prompt = counting(length);
        prompt[0] = length;
        return prompt;
    }

    /** Three prompts fill the budget; the youngest, which generates, is served nevertheless. */
    @Test
    void decodingGoesFirstAndPromptsShareTheBudget() {
        Sequence youngest = driver.sequence(counting(1), 50);
        driver.step(
                driver.sequence(counting(1000), 1),
                driver.sequence(counting(300), 1),
                driver.sequence(counting(300), 1),
                youngest);
        assertThat(driver.plan.sequences().getFirst()).isSameAs(youngest);
        assertThat(driver.plan.batch().rows())
                .as("one token and one chunk; another one would exceed the budget")
                .isEqualTo(257);
    }

    @Test
    void oneTokenIsAlwaysLeftToCompute() {
        assertThat(driver.cachedTokens(counting(512))).isZero();
        assertThat(driver.cachedTokens(counting(512))).isEqualTo(256);
        assertThat(driver.cachedTokens(counting(513))).isEqualTo(512);
    }

    @Test
    void equalPromptsComputedAtOnceShareTheirBlocks() {
        driver.step(driver.sequence(counting(257), 9), driver.sequence(counting(257), 9));
        assertThat(driver.plan.sequences()).hasSize(2);
        assertThat(driver.scheduler.pool().used()).isEqualTo(10);
        driver.step();
        assertThat(driver.scheduler.pool().used()).as("one prefix of 4 and two tails").isEqualTo(6);
    }

    @Test
    void rowsOfOldWeightsDoNotEnterTheCacheAfterTheChange() {
        Sequence old = driver.sequence(counting(600), 1);
        driver.step(old);
        driver.epoch++; // while its first chunk is computed
        driver.finish(old);
        assertThat(driver.cachedTokens(counting(600))).isZero();
        assertThat(driver.cachedTokens(counting(600))).isEqualTo(512);
    }

    /**
     * B is put back when it has 256 generated tokens, and computes them again as one whole chunk;
     * its rows are absorbed ones, which a prompt of the same tokens would not have.
     */
    @Test
    void generatedTokensNeverEnterThePrefixCache() {
        Driver small = new Driver(new EngineConfig(1024, 2, 1024, 4, 256));
        Sequence a = small.sequence(new int[] {1}, 300);
        Sequence b = small.sequence(counting(256), 400);
        Completion completion = small.finish(b, a, b);
        assertThat(small.scheduler.stats().preemptions()).isEqualTo(1);
        assertThat(small.steps.stream().flatMap(List::stream))
                .anyMatch(
                        chunk ->
                                chunk.firstPosition() == 256
                                        && chunk.ids().length == 256
                                        && chunk.form() == Form.ABSORBED);
        assertThat(small.cachedTokens(completion.after(counting(256)))).isEqualTo(256);
    }

    @Test
    void preemptedSequenceGoesBackBeforeThoseThatNeverRan() {
        Driver small = new Driver(new EngineConfig(512, 4, 512, 4, 64));
        Sequence a = small.sequence(counting(100), 300);
        Sequence b = small.sequence(counting(200), 250);
        Sequence c = small.sequence(counting(300), 1);
        small.finish(c, a, b, c);
        assertThat(Completion.read(a.stream()).tokens()).hasSize(300);
        assertThat(Completion.read(b.stream()).tokens()).hasSize(250);
        assertThat(small.scheduler.stats().preemptions()).isPositive();
        int firstOfC = 0;
        int lastOfB = 0;
        for (int i = 0; i < small.steps.size(); i++) {
            for (ForwardBatch.Chunk chunk : small.steps.get(i)) {
                lastOfB = chunk.sequence() == b.number() ? i : lastOfB;
                firstOfC = firstOfC == 0 && chunk.sequence() == c.number() ? i : firstOfC;
            }
        }
        assertThat(firstOfC).isGreaterThan(lastOfB);
    }
}
