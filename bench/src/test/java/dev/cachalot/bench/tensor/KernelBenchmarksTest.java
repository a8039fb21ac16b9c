package dev.cachalot.bench.tensor;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Benchmarks run once, small, and are not timed. */
class MultiplyBenchmarkTest {

    private static MultiplyBenchmark small(DType dtype, Rung rung) {
        MultiplyBenchmark benchmark = new MultiplyBenchmark();
        benchmark.shape = "3x5x64";
        benchmark.dtype = dtype;
        benchmark.rung = rung;
        benchmark.prepare();
        return benchmark;
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void everyRungThatRunsHereGivesTheRightProduct(Rung rung) {
        assumeTrue(rung.unsupported().isEmpty(), rung.unsupported()::toString);
        for (DType dtype : new DType[] {DType.F32, DType.Q8_0}) {
            MultiplyBenchmark benchmark = small(dtype, rung);
            benchmark.multiply();
            benchmark.verify();
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1, Float.NaN})
    void aWrongProductIsNotedAndEndsTheRun(float wrong) {
        MultiplyBenchmark benchmark = small(DType.F32, Rung.SCALAR);
        float[] numbers = new float[15];
        java.util.Arrays.fill(numbers, wrong);
        benchmark.multiply().setFloats(numbers);
        assertThatIllegalStateException()
                .isThrownBy(benchmark::verify)
                .withMessageContaining("a wrong product is not timed");
    }
}
