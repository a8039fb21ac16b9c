package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Rung;

final class ScalarKernelsTest extends KernelsContract {
    @Override
    Rung rung() {
        return Rung.SCALAR;
    }
}
