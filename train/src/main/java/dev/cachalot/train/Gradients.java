package dev.cachalot.train;

import dev.cachalot.model.Linear;
import dev.cachalot.model.RmsNorm;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import java.util.List;

/**
 * Where gradients are added: a tensor of the parameters' layout, so that a parameter's gradient
 * lies where the parameter does.
 *
 * @param parameters [1, N] F32; every trained weight's source is a view on it
 * @param gradients [1, N] F32
 */
record Gradients(Kernels kernels, Tensor parameters, Tensor gradients) {

    /** The gradient of a parameter. */
    Tensor of(Tensor parameter) {
        return parameter.sameViewOn(parameters, gradients);
    }

    /** Backward of one projection {@code y = x Wᵀ}: adds to dX and to the weight's gradient. */
    void linear(Linear layer, Tensor x, Tensor dy, Tensor dx) {
        kernels.addInputGradients(List.of(new Product(dx, layer.weight(), dy)));
        kernels.addWeightGradients(List.of(weight(layer, x, dy)));
    }

    /** The gradient of a projection's weight, to be added in one go with others. */
    WeightGradient weight(Linear layer, Tensor x, Tensor dy) {
        return new WeightGradient(dy, x, of(layer.weight().source()));
    }

    /** Backward of a norm: adds to dX and to the gain's gradient. */
    void norm(RmsNorm norm, Tensor x, Tensor dy, Tensor dx) {
        kernels.addRmsNormGradients(x, norm.gain(), norm.eps(), dy, dx, of(norm.gain()));
    }
}
