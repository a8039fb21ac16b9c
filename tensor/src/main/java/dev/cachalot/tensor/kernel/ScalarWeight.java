package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;

/**
 * A weight decoded to floats once.
 *
 * @param source the matrix it was made from
 * @param decoded its numbers, one array for each output
 */
record ScalarWeight(Tensor source, float[][] decoded) implements Weight {

    static ScalarWeight of(Tensor matrix) {
        Checks.weight("matrix", matrix);
        ScalarWeight weight = new ScalarWeight(matrix, new float[matrix.rows()][matrix.width()]);
        weight.refresh();
        return weight;
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

    void refresh() {
        for (int n = 0; n < decoded.length; n++) {
            BlockFormat.decode(
                    source.dtype(),
                    source.segment(),
                    n * source.rowBytes(),
                    source.width(),
                    decoded[n],
                    0);
        }
    }
}
