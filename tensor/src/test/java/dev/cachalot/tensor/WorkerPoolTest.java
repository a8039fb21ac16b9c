package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class WorkerPoolTest {

    @Test
    void everyTaskRunsOnceOnAnyNumberOfThreads() {
        for (int threads = 1; threads <= 4; threads++) {
            try (WorkerPool pool = new WorkerPool(threads)) {
                assertThat(pool.threads()).isEqualTo(threads);
                for (int count : new int[] {0, 1, 2, 3, 100, 1000, -1}) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(Math.max(count, 0));
                    int limit = threads;
                    pool.run(
                            count,
                            (i, worker) -> {
                                assertThat(worker).isBetween(0, limit - 1);
                                runs.incrementAndGet(i);
                            });
                    for (int i = 0; i < runs.length(); i++) {
                        assertThat(runs.get(i)).isEqualTo(1);
                    }
                }
            }
        }
    }

    @Test
    void whatTasksWroteIsSeenByTheCallerRunAfterRun() {
        try (WorkerPool pool = new WorkerPool(3)) {
            long[] cells = new long[64]; // plain memory: run() must publish it both ways
            for (int round = 0; round < 1000; round++) {
                pool.run(cells.length, (i, _) -> cells[i]++);
            }
            assertThat(Arrays.stream(cells).distinct().toArray()).containsExactly(1000);
        }
    }

    @Test
    void tasksRunAtTheSameTimeAndTheCallerTakesPart() {
        try (WorkerPool pool = new WorkerPool(3)) {
            Set<Integer> workers = ConcurrentHashMap.newKeySet();
            CountDownLatch all = new CountDownLatch(3);
            pool.run(
                    3,
                    (_, worker) -> {
                        workers.add(worker);
                        all.countDown();
                        await(all); // passes only if three tasks are under way at once
                    });
            assertThat(workers).containsExactlyInAnyOrder(0, 1, 2);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @Test
    void parkedWorkersWakeUp() throws InterruptedException {
        try (WorkerPool pool = new WorkerPool(2)) {
            for (int round = 0; round < 5; round++) {
                Thread.sleep(20); // far longer than workers spin
                CountDownLatch both = new CountDownLatch(2);
                pool.run(
                        2,
                        (_, _) -> {
                            both.countDown();
                            await(both);
                        });
            }
        }
    }

    @Test
    void anExceptionOfATaskReachesTheCallerAndThePoolWorksOn() {
        for (int threads = 1; threads <= 4; threads++) {
            try (WorkerPool pool = new WorkerPool(threads)) {
                for (int bad : new int[] {0, 1, 99}) {
                    assertThatThrownBy(
                                    () ->
                                            pool.run(
                                                    100,
                                                    (i, _) -> {
                                                        if (i == bad) {
                                                            throw new IllegalStateException(
                                                                    "task " + i);
                                                        }
                                                    }))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessage("task " + bad);
                    AtomicIntegerArray runs = new AtomicIntegerArray(50);
                    pool.run(50, (i, _) -> runs.incrementAndGet(i));
                    assertThat(runs.toString()).doesNotContain("0").doesNotContain("2");
                }
                assertThatThrownBy(
                                () ->
                                        pool.run(
                                                10,
                                                (_, _) -> {
                                                    throw new StackOverflowError("deep");
                                                }))
                        .isInstanceOf(StackOverflowError.class);
            }
        }
    }

    @Test
    void aPoolWithoutThreadsIsRefused() {
        assertThatThrownBy(() -> new WorkerPool(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads is 0");
    }
}
