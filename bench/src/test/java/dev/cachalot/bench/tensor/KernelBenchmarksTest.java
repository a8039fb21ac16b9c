package dev.cachalot.bench.tensor;

import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Benchmarks run once, small, and are not timed. */
class KernelBenchmarksTest {

    private static MultiplyBenchmark product(DType dtype) {
        MultiplyBenchmark product = new MultiplyBenchmark();
        product.shape = "40x256";
        product.rows = 3;
        product.dtype = dtype;
        return product;
    }

    /** Each with sizes of a moment. */
    private static List<KernelBenchmark> all() {
        List<KernelBenchmark> all = new ArrayList<>();
        for (DType dtype : List.of(DType.Q4_0, DType.Q4_K, DType.Q8_0, DType.BF16, DType.F32)) {
            all.add(product(dtype));
        }
        ExpertsBenchmark experts = new ExpertsBenchmark();
        experts.shape = "8x2x40x256";
        experts.tokens = 5;
        all.add(experts);
        for (BackwardBenchmark.Of of : BackwardBenchmark.Of.values()) {
            BackwardBenchmark backward = new BackwardBenchmark();
            backward.shape = "9x40x64";
            backward.of = of;
            all.add(backward);
        }
        for (String shape : List.of("2x2x192x128", "6x2x128x128")) {
            AttendBenchmark attend = new AttendBenchmark();
            attend.shape = shape;
            attend.before = 5;
            attend.tokens = 9;
            all.add(attend);
        }
        for (CachedAttentionBenchmark.Cached cached : CachedAttentionBenchmark.Cached.values()) {
            CachedAttentionBenchmark attention = new CachedAttentionBenchmark();
            attention.cached = cached;
            attention.context = 150;
            attention.sequences = 2;
            all.add(attention);
        }
        for (RowsBenchmark.Operation operation : RowsBenchmark.Operation.values()) {
            RowsBenchmark rows = new RowsBenchmark();
            rows.operation = operation;
            rows.rows = 3;
            all.add(rows);
        }
        return all;
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void everyRungThatRunsHereGivesTheRightResult(Rung rung) {
        assumeTrue(rung.unsupported().isEmpty(), rung.unsupported()::toString);
        for (KernelBenchmark benchmark : all()) {
            benchmark.rung = rung;
            benchmark.prepare();
            benchmark.timed();
            benchmark.timed();
            benchmark.verify();
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {1, Float.NaN})
    void aWrongResultIsNotedAndEndsTheRun(float wrong) {
        MultiplyBenchmark benchmark = product(DType.F32);
        benchmark.prepare();
        float[] numbers = new float[3 * 40];
        Arrays.fill(numbers, wrong);
        benchmark.timed().setFloats(numbers);
        assertThatIllegalStateException()
                .isThrownBy(benchmark::verify)
                .withMessageContaining("a wrong result is not timed");
    }
}
