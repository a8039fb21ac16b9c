package dev.cachalot.tensor.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import org.junit.jupiter.api.BeforeAll;

/** Products of floats by assembled tiles give the bits of the contract. */
final class CodeFloatsTest implements ProductsContract {
    @BeforeAll
    static void onlyOnACpuThatRunsTheRung() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), Rung.ASSEMBLED.unsupported()::toString);
    }

    @Override
    public Kernels kernels(WorkerPool pool) {
        return new VectorKernels(pool, WeightStore.inMemory(), PreparedBytes.panelLimit(), true);
    }
}
