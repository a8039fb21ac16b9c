package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.assembly.CpuFeatures;
import java.time.Duration;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class CeilingsTest {

    /** Loose on purpose: the tests' machine may be slow and busy. */
    @Test
    void theCeilingsOfThisMachineAreMeasuredInSecondsAndCompiledToVectors() {
        try (WorkerPool pool = new WorkerPool(1)) {
            long start = System.nanoTime();
            Ceilings ceilings = Ceilings.measure(pool);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(30));
            assertThat(ceilings.readGbS()).isBetween(0.5, 2000.0);
            assertThat(ceilings.readBy()).contains("code");
            // one core: boxed vectors reach 0.05, plain floats some 4
            assertThat(ceilings.fp32GmacS()).isBetween(1.0, 1000.0);
            assertThat(ceilings.int8GmacS()).isBetween(1.0, 4000.0);
            assertThat(ceilings.bf16GmacS().isPresent())
                    .isEqualTo(
                            Rung.ASSEMBLED.unsupported().isEmpty()
                                    && CpuFeatures.detect().avx512bf16());
        }
    }

    @Test
    void noCeilingOfReadsIsBelowWhatSomethingDid() {
        Ceilings measured = new Ceilings(30, "a loop", 100, 400, OptionalDouble.empty());
        assertThat(measured.orSeen(29, "generation")).isEqualTo(measured);
        assertThat(measured.orSeen(31, "generation"))
                .isEqualTo(new Ceilings(31, "generation", 100, 400, OptionalDouble.empty()));
    }
}
