package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.model.ForwardBatch;
import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** Plans and commits under random arrivals, cancels, failures and too few blocks; no model. */
class SchedulerPropertyTest {
    private static final int BLOCK = 32;
    private static final int STOP = 0;
    private static final int REQUESTS = 24;

    private static final class Run {
        final SplittableRandom random;
        final EngineConfig config;
        final Semaphore queue = new Semaphore(REQUESTS);
        final Scheduler scheduler;
        final List<Sequence> all = new ArrayList<>();
        int epoch;

        Run(SplittableRandom random) {
            this.random = random;
            config =
                    new EngineConfig(
                            700,
                            random.nextInt(1, 10),
                            BLOCK * random.nextInt(10, 40),
                            REQUESTS,
                            BLOCK);
            scheduler = new Scheduler(config, queue);
        }

        Sequence arrive() {
            assertThat(queue.tryAcquire()).isTrue();
            int longest = config.longestSequence() - 1;
            int length =
                    random.nextInt(5) == 0 ? 256 * random.nextInt(1, 3) : random.nextInt(1, 600);
            length = Math.min(longest, length);
            int[] prompt = new int[length];
            int alike = random.nextInt(4); // prompts share beginnings
            for (int i = 0; i < length; i++) {
                prompt[i] = i < 520 ? 1 + alike : 1 + random.nextInt(9);
            }
            GenerationRequest request =
                    new GenerationRequest(
                            prompt,
                            random.nextInt(1, 300),
                            SamplingParameters.greedy(),
                            Set.of(STOP));
            Sequence sequence = new Sequence(all.size(), request, new QueuedStream(), 0);
            all.add(sequence);
            return sequence;
        }

        Outcome outcome(Sequence sequence, ForwardBatch.Chunk chunk) {
            if (random.nextInt(300) == 0) {
                return new Outcome.Broken(new StoppedException("dice", null));
            }
            if (chunk.logits() == ForwardBatch.Logits.NONE) {
                return new Outcome.Computed();
            }
            int guesses = sequence.draftLength();
            int right = random.nextBoolean() ? guesses : random.nextInt(guesses + 1);
            int[] ids =
                    Arrays.copyOfRange(
                            sequence.tokens(), sequence.length(), sequence.length() + right + 1);
            int back = sequence.length() + right - 9; // what comes often repeats
            ids[right] =
                    random.nextInt(8) > 0 && back >= 0 && back < sequence.length()
                            ? sequence.tokens()[back]
                            : random.nextInt(100);
            return Completion.chosen(ids);
        }
    }

    @Test
    void everyRequestEndsOnceAndAllBlocksReturn() {
        long[] preemptions = new long[1];
        long[] hits = new long[1];
        long[] wrong = new long[1];
        long[] right = new long[1];
        Cases.forAll(
                150,
                random -> {
                    Run run = new Run(random);
                    Plan plan = Plan.NOTHING;
                    List<Outcome> outcomes = List.of();
                    int steps = 0;
                    while (run.all.size() < REQUESTS || !run.scheduler.isIdle()) {
                        assertThat(++steps).as("steps").isLessThan(20_000);
                        List<Sequence> arrivals = new ArrayList<>();
                        while (run.all.size() < REQUESTS && random.nextInt(3) == 0) {
                            arrivals.add(run.arrive());
                        }
                        if (!run.all.isEmpty() && random.nextInt(40) == 0) {
                            run.all.get(random.nextInt(run.all.size())).stream().close();
                        }
                        run.epoch += random.nextInt(100) == 0 ? 1 : 0;
                        run.scheduler.commit(plan, outcomes, arrivals, run.epoch);
                        plan = run.scheduler.plan();
                        checkBlocks(run, plan);
                        Outcome[] each = new Outcome[plan.sequences().size()];
                        for (ForwardBatch.Placed placed : plan.batch().placed()) {
                            Sequence sequence = plan.sequences().get(placed.index());
                            each[placed.index()] = run.outcome(sequence, placed.chunk());
                        }
                        outcomes = List.of(each);
                    }
                    preemptions[0] += run.scheduler.stats().preemptions();
                    hits[0] += run.scheduler.stats().cachedTokens();
                    right[0] += run.scheduler.stats().accepted();
                    wrong[0] += run.scheduler.stats().drafted() - run.scheduler.stats().accepted();
                    checkEnd(run);
                });
        assertThat(right[0]).as("right guesses").isGreaterThan(10_000);
        assertThat(wrong[0]).as("wrong guesses").isGreaterThan(1_000);
        assertThat(preemptions[0]).as("cases that preempt").isGreaterThan(50);
        assertThat(hits[0]).as("tokens found in the prefix cache").isGreaterThan(10_000);
    }

    /** Chunks have room, writable rows are nobody else's, and used + free = total. */
    private static void checkBlocks(Run run, Plan plan) {
        BlockPool pool = run.scheduler.pool();
        assertThat(pool.used() + pool.free()).isEqualTo(pool.total());
        int referenced = 0;
        for (int block = 0; block < pool.total(); block++) {
            referenced += pool.references(block) > 0 ? 1 : 0;
        }
        assertThat(referenced).isEqualTo(pool.used());
        Set<Sequence> once = new HashSet<>(plan.sequences());
        assertThat(once).hasSize(plan.sequences().size());
        assertThat(once.size()).isLessThanOrEqualTo(run.config.maxSequences());
        assertThat(plan.isEmpty()).isEqualTo(run.scheduler.isIdle());
        for (ForwardBatch.Placed placed : plan.batch().placed()) {
            Sequence sequence = plan.sequences().get(placed.index());
            assertThat(sequence.length() + sequence.draftLength())
                    .isLessThan(run.config.longestSequence() + 1);
            int first = placed.chunk().firstPosition();
            int end = first + placed.chunk().ids().length;
            assertThat(first).isEqualTo(sequence.committed());
            assertThat(sequence.blockCount() * BLOCK)
                    .as("room of blocks")
                    .isLessThan(sequence.length() + sequence.draftLength() + BLOCK);
            for (int i = first / BLOCK; i <= (end - 1) / BLOCK; i++) {
                assertThat(i).isLessThan(sequence.blockCount());
                assertThat(pool.references(sequence.block(i)))
                        .as("holders of a block that is written")
                        .isEqualTo(1);
            }
        }
    }

    private static void checkEnd(Run run) {
        for (Sequence sequence : run.all) {
            Completion completion = Completion.read(sequence.stream());
            assertThat(completion.tokens().size())
                    .isLessThanOrEqualTo(sequence.request().maxNewTokens());
            if (completion.last() instanceof GenerationEvent.Finished finished) {
                assertThat(finished.usage().completionTokens())
                        .isEqualTo(completion.tokens().size());
                assertThat(finished.usage().cachedTokens() % Sequence.CHUNK_TOKENS).isZero();
            }
            assertThat(sequence.blockCount()).isZero();
        }
        assertThat(run.queue.availablePermits()).isEqualTo(REQUESTS);
        EngineStats stats = run.scheduler.stats();
        assertThat(stats.blocksUsed()).isEqualTo(stats.blocksPrefix());
        run.scheduler.commit(Plan.NOTHING, List.of(), List.of(), run.epoch + 1);
        assertThat(run.scheduler.pool().used()).isZero();
    }
}
