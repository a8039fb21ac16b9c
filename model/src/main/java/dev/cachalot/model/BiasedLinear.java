package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import java.util.Optional;

/**
 * A projection that may have a bias: {@code y = x Wᵀ + b}.
 *
 * @param bias one F32 row; absent where the model has none
 */
public record BiasedLinear(Linear linear, Optional<Tensor> bias) {

    Product into(Tensor x, Tensor y) {
        return linear.into(x, y);
    }

    /** The second half, when the product is done. */
    void addBias(Tensor y, Kernels kernels) {
        if (bias.isPresent()) {
            kernels.addRow(bias.get(), y);
        }
    }
}
