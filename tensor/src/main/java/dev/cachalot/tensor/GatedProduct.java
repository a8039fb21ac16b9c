package dev.cachalot.tensor;

/**
 * {@code y = silu(x gateᵀ) * (x upᵀ)} (Shazeer, arXiv 2002.05202): x [T, inputs], y [T, outputs],
 * both F32 and possibly strided views. T may be 0.
 */
public record GatedProduct(Tensor x, Weight gate, Weight up, Tensor y) {
    public GatedProduct {
        if (x.width() != gate.inputs()
                || y.width() != gate.outputs()
                || x.width() != up.inputs()
                || y.width() != up.outputs()
                || x.rows() != y.rows()) {
            throw new IllegalArgumentException(
                    "gated product of "
                            + x
                            + " with weights "
                            + gate.source()
                            + " and "
                            + up.source()
                            + " into "
                            + y
                            + ": sizes do not fit");
        }
    }
}
