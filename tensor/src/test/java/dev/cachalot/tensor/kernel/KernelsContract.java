package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WorkerPool;
import org.junit.jupiter.api.Test;

/**
 * All that {@link Kernels} promises, held against one rung. Every case runs on 1, 2 and 3 threads
 * with equal bits, reads only its inputs and writes only its outputs.
 */
abstract class KernelsContract
        implements ProductsContract,
                RowsContract,
                LayersContract,
                AttentionContract,
                ExpertsContract,
                LossesContract {

    abstract Rung rung();

    @Override
    public Kernels kernels(WorkerPool pool) {
        return Kernels.of(rung(), pool);
    }

    @Test
    void theFactoryMakesTheRungThatWasAskedFor() {
        try (WorkerPool pool = new WorkerPool(1)) {
            assertThat(kernels(pool).rung()).isEqualTo(rung());
            assertThat(kernels(pool).pool()).isSameAs(pool);
        }
    }
}
