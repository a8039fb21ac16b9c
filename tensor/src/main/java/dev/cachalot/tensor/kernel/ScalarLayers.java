package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ScalarProducts.row;

import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Tensor;

/** Norm, rotation and SwiGLU, forward and backward. Sums over a row are in double, ascending. */
final class ScalarLayers {

    static void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y) {
        float[] gains = row(gain, 0);
        for (int t = 0; t < x.rows(); t++) {
            float[] row = row(x, t);
            float inverse = (float) inverseNorm(row, eps);
            for (int i = 0; i < row.length; i++) {
                row[i] = row[i] * inverse * gains[i];
            }
            y.setRow(t, row);
        }
    }

    /** One over the root of the mean square. */
    private static double inverseNorm(float[] row, float eps) {
        double sum = 0;
        for (float number : row) {
            sum += (double) number * number;
        }
        return 1 / Math.sqrt(sum / row.length + eps);
    }

    /**
     * With r = 1 / sqrt(mean(x²) + eps): dX_i = r g_i dY_i - x_i r³ / D Σ_j g_j dY_j x_j, and
     * dGain_i = Σ_t dY_i x_i r.
     */
    static void addRmsNormGradients(
            Tensor x, Tensor gain, float eps, Tensor dy, Tensor dx, Tensor dGain) {
        float[] gains = row(gain, 0);
        float[] gainSums = row(dGain, 0);
        for (int t = 0; t < x.rows(); t++) {
            float[] in = row(x, t);
            float[] dOut = row(dy, t);
            float[] sums = row(dx, t);
            double r = inverseNorm(in, eps);
            double along = 0;
            for (int i = 0; i < in.length; i++) {
                along += (double) gains[i] * dOut[i] * in[i];
            }
            along *= r * r * r / in.length;
            for (int i = 0; i < in.length; i++) {
                sums[i] += (float) (r * gains[i] * dOut[i] - along * in[i]);
                gainSums[i] += (float) (r * in[i] * dOut[i]);
            }
            dx.setRow(t, sums);
        }
        dGain.setRow(0, gainSums);
    }

    static void rotate(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            RotaryPairs pairing,
            boolean inverse) {
        int pairs = cos.width();
        boolean adjacent = pairing == RotaryPairs.ADJACENT;
        for (int t = 0; t < x.rows(); t++) {
            float[] row = row(x, t);
            for (int h = 0; h < heads; h++) {
                int at = ScalarRows.column(columns, h);
                for (int i = 0; i < pairs; i++) {
                    float c = cos.get(positions[t], i);
                    float s = inverse ? -sin.get(positions[t], i) : sin.get(positions[t], i);
                    int first = adjacent ? at + 2 * i : at + i;
                    int second = adjacent ? first + 1 : first + pairs;
                    float x1 = row[first];
                    float x2 = row[second];
                    row[first] = x1 * c - x2 * s;
                    row[second] = x1 * s + x2 * c;
                }
            }
            x.setRow(t, row);
        }
    }

    static void swiGlu(Tensor gate, Tensor up, Tensor y) {
        for (int t = 0; t < gate.rows(); t++) {
            float[] gates = row(gate, t);
            float[] ups = row(up, t);
            for (int i = 0; i < gates.length; i++) {
                gates[i] = (float) (gates[i] * sigmoid(gates[i]) * ups[i]);
            }
            y.setRow(t, gates);
        }
    }

    static void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        for (int t = 0; t < gate.rows(); t++) {
            float[] gates = row(gate, t);
            float[] ups = row(up, t);
            float[] dOut = row(dy, t);
            for (int i = 0; i < gates.length; i++) {
                double g = gates[i];
                double sigma = sigmoid(g);
                gates[i] = (float) (dOut[i] * ups[i] * sigma * (1 + g * (1 - sigma)));
                ups[i] = (float) (dOut[i] * g * sigma);
            }
            dGate.setRow(t, gates);
            dUp.setRow(t, ups);
        }
    }

    static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private ScalarLayers() {}
}
