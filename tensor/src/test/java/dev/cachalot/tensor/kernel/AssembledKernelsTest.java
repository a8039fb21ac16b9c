package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the assembled rung adds to the vector rung. */
final class AssembledKernelsTest {
    @BeforeAll
    static void onlyOnACpuThatRunsTheRung() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), Rung.ASSEMBLED.unsupported()::toString);
    }

    @Test
    void everyTypeOfCodesPassesTheCheckAndIsLaidInTiles() {
        try (WorkerPool pool = new WorkerPool(2);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = Kernels.of(Rung.ASSEMBLED, pool);
            for (DType dtype : RandomWeights.TYPES) {
                Weight weight = kernels.prepare(memory.weight(dtype, 5, 256));
                assertThat(weight instanceof TiledWeight)
                        .as("%s", dtype)
                        .isEqualTo(dtype.blockSize() > 1);
            }
        }
    }

    @Test
    void tiledAndOtherWeightsMeetInOneCallAndFollowTheirSources() {
        try (WorkerPool pool = new WorkerPool(2);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(2))) {
            Kernels kernels = Kernels.of(Rung.ASSEMBLED, pool);
            Kernels vector = Kernels.of(Rung.VECTOR, pool);
            Tensor x = memory.input(3, 256);
            for (int round = 0; round < 2; round++) {
                Tensor codes = memory.weight(DType.Q8_0, 40, 256);
                Tensor floats = memory.weight(DType.F32, 40, 256);
                Tensor y = memory.output(3, 40);
                Tensor z = memory.output(3, 40);
                Tensor expected = memory.output(3, 40);
                Weight tiled = kernels.prepare(codes);
                kernels.multiply(
                        List.of(
                                new Product(x, tiled, y),
                                new Product(x, kernels.prepare(floats), z)));
                vector.multiply(x, vector.prepare(floats), expected);
                assertThat(z.toFloats()).containsExactly(expected.toFloats());
                vector.multiply(x, vector.prepare(codes), expected);
                near(y, expected);
                codes.segment().copyFrom(memory.weight(DType.Q8_0, 40, 256).segment());
                kernels.refresh(tiled);
                kernels.multiply(x, tiled, y);
                vector.multiply(x, vector.prepare(codes), expected);
                near(y, expected);
            }
        }
    }

    private static void near(Tensor found, Tensor expected) {
        float[] a = found.toFloats();
        float[] b = expected.toFloats();
        double error = 0;
        double size = 0;
        for (int i = 0; i < a.length; i++) {
            error += Math.pow(a[i] - b[i], 2);
            size += Math.pow(b[i], 2);
        }
        assertThat(Math.sqrt(error / size)).isLessThan(0.02);
    }
}
