package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The vector rung when no weight may be repacked: the contract of products and rows holds too. */
final class StreamedKernelsTest implements ProductsContract, RowsContract {
    @Override
    public Kernels kernels(WorkerPool pool) {
        return new VectorKernels(pool, 0);
    }

    @Test
    void repackedCopiesStayWithinTheirLimit() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(3))) {
            Kernels kernels = new VectorKernels(pool, 32 * 64 * 4 + 32 * 64 * 4);
            Tensor half = memory.weight(DType.F16, 32, 64);
            Weight first = kernels.prepare(half);
            Weight second = kernels.prepare(half);
            Weight third = kernels.prepare(half);
            assertThat(first).isInstanceOf(FloatPanels.class);
            assertThat(second).isInstanceOf(FloatPanels.class);
            assertThat(third).isInstanceOf(StreamedPanels.class);
            assertThat(kernels.prepare(memory.weight(DType.Q4_K, 32, 256)))
                    .isInstanceOf(StreamedPanels.class);
            assertThat(kernels.prepare(memory.weight(DType.F32, 32, 64)))
                    .as("trained numbers are repacked at every refresh")
                    .isInstanceOf(FloatPanels.class);
        }
    }
}
