package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;

/** Products and their gradients: one chain of fused multiply-adds for each number. */
final class ScalarProducts {
    private static final int ROWS_AT_ONCE = 64; // of a weight, copied for its gradients

    static void multiply(WorkerPool pool, Product product) {
        float[][] x = rows(product.x());
        ScalarWeight weight = ScalarWeight.made(product.weight());
        Tensor y = product.y();
        if (x.length == 0) {
            return;
        }
        pool.run(
                weight.outputs(),
                (n, _) -> {
                    float[] row = weight.row(n);
                    for (int t = 0; t < x.length; t++) {
                        y.set(t, n, dot(x[t], row));
                    }
                });
    }

    private static float dot(float[] x, float[] weights) {
        float sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum = Math.fma(x[k], weights[k], sum);
        }
        return sum;
    }

    static void addInputGradients(WorkerPool pool, Product product) {
        Tensor weight = ScalarWeight.made(product.weight()).source();
        Tensor dy = product.y();
        Tensor dx = product.x();
        for (int first = 0; first < weight.rows(); first += ROWS_AT_ONCE) {
            int from = first;
            float[][] rows = rows(weight, from, Math.min(ROWS_AT_ONCE, weight.rows() - from));
            pool.run(
                    dx.rows(),
                    (t, _) -> {
                        float[] sums = row(dx, t);
                        for (int n = 0; n < rows.length; n++) {
                            addScaled(dy.get(t, from + n), rows[n], sums);
                        }
                        dx.setRow(t, sums);
                    });
        }
    }

    static void addWeightGradients(WorkerPool pool, WeightGradient gradient) {
        float[][] x = rows(gradient.x());
        Tensor dy = gradient.dy();
        Tensor dw = gradient.dw();
        pool.run(
                dw.rows(),
                (n, _) -> {
                    float[] sums = row(dw, n);
                    for (int t = 0; t < x.length; t++) {
                        addScaled(dy.get(t, n), x[t], sums);
                    }
                    dw.setRow(n, sums);
                });
    }

    /** Adds {@code factor * x} to {@code sums}, each with one rounding. */
    static void addScaled(float factor, float[] x, float[] sums) {
        for (int k = 0; k < sums.length; k++) {
            sums[k] = Math.fma(factor, x[k], sums[k]);
        }
    }

    /** A copy of all rows of an F32 tensor. */
    static float[][] rows(Tensor tensor) {
        return rows(tensor, 0, tensor.rows());
    }

    /** A copy of rows {@code from} to {@code from + count} of an F32 tensor. */
    static float[][] rows(Tensor tensor, int from, int count) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = row(tensor, from + i);
        }
        return rows;
    }

    /** A copy of one row of an F32 tensor. */
    static float[] row(Tensor tensor, int index) {
        float[] row = new float[tensor.width()];
        tensor.copyRow(index, row);
        return row;
    }

    private ScalarProducts() {}
}
