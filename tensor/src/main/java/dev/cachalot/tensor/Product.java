package dev.cachalot.tensor;

/**
 * {@code y = x Wᵀ}: x [T, inputs], y [T, outputs], both F32 and possibly strided views. T may be 0.
 */
public record Product(Tensor x, Weight weight, Tensor y) {
    public Product {
        if (x.width() != weight.inputs() || y.width() != weight.outputs() || x.rows() != y.rows()) {
            throw new IllegalArgumentException(
                    "product of "
                            + x
                            + " with a weight "
                            + weight.source()
                            + " into "
                            + y
                            + ": sizes do not fit");
        }
    }
}
