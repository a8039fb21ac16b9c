package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/** Root-mean-square norm with a learned gain, one F32 row. */
public record RmsNorm(Tensor gain, float eps) {

    /** [T, D] to a fresh [T, D]. */
    Tensor apply(Tensor x, Kernels kernels, Workspace workspace) {
        Tensor y = workspace.floats(x.rows(), x.width());
        kernels.rmsNorm(x, gain, eps, y);
        return y;
    }
}
