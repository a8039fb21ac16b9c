package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;

/**
 * A weight of any type that stays where it is; rows are decoded when they are needed.
 *
 * @param source the matrix it was made from
 */
record ScalarWeight(Tensor source) implements Weight {

    static ScalarWeight of(Tensor matrix) {
        Checks.weight("matrix", matrix);
        return new ScalarWeight(matrix);
    }

    /** The weight that these kernels made, or an error that says whose it is. */
    static ScalarWeight made(Weight weight) {
        if (weight instanceof ScalarWeight own) {
            return own;
        }
        throw new IllegalArgumentException(
                "the weight was prepared as a "
                        + weight.getClass().getSimpleName()
                        + " by other kernels; prepare it with these");
    }

    /** Row {@code n} as floats. */
    float[] row(int n) {
        float[] row = new float[source.width()];
        BlockFormat.decode(
                source.dtype(), source.segment(), n * source.rowBytes(), row.length, row, 0);
        return row;
    }
}
