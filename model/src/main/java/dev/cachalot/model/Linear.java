package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.Workspace;

/** A projection without bias: {@code y = x Wᵀ}. */
public record Linear(Weight weight) {

    /** [T, inputs] to a fresh [T, outputs]. */
    Tensor apply(Tensor x, Kernels kernels, Workspace workspace) {
        Tensor y = workspace.floats(x.rows(), weight.outputs());
        kernels.multiply(x, weight, y);
        return y;
    }

    Product into(Tensor x, Tensor y) {
        return new Product(x, weight, y);
    }
}
