package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Rung;

final class VectorKernelsTest extends KernelsContract {
    @Override
    Rung rung() {
        return Rung.VECTOR;
    }
}
