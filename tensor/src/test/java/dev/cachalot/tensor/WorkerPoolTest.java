package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkerPoolTest {

    @Test
    void everyTaskRunsOnceBeforeTheCallReturns() {
        try (WorkerPool pool = new WorkerPool(3)) {
            Cases.forAll(
                    300,
                    random -> {
                        int count = random.nextInt(40);
                        AtomicIntegerArray runs = new AtomicIntegerArray(count);
                        pool.run(
                                count,
                                (index, worker) -> {
                                    assertThat(worker).isBetween(0, 2);
                                    runs.incrementAndGet(index);
                                });
                        for (int i = 0; i < count; i++) {
                            assertThat(runs.get(i)).isEqualTo(1);
                        }
                    });
        }
    }

    @Test
    void aFailureReachesTheCallerAndThePoolWorksOn() {
        try (WorkerPool pool = new WorkerPool(3)) {
            Cases.forAll(
                    200,
                    random -> {
                        int count = 2 + random.nextInt(20);
                        int bad = random.nextInt(count);
                        assertThatThrownBy(
                                        () ->
                                                pool.run(
                                                        count,
                                                        (index, _) -> {
                                                            if (index == bad) {
                                                                throw new IllegalStateException(
                                                                        "task " + index);
                                                            }
                                                        }))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessage("task " + bad);
                    });
        }
    }
}
