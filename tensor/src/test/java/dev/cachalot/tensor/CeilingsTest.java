package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class CeilingsTest {

    /** Loose on purpose: the tests' machine may be slow and busy. */
    @Test
    void theCeilingsOfThisMachineAreMeasuredInSecondsAndCompiledToVectors() {
        try (WorkerPool pool = new WorkerPool(1)) {
            long start = System.nanoTime();
            Ceilings ceilings = Ceilings.measure(pool);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(20));
            assertThat(ceilings.readGbS()).isBetween(0.5, 2000.0);
            // one core: boxed vectors reach 0.05, plain floats some 4
            assertThat(ceilings.fp32GmacS()).isBetween(1.0, 1000.0);
            assertThat(ceilings.int8GmacS()).isBetween(1.0, 4000.0);
        }
    }
}
