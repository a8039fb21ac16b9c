package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ScalarProducts.row;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Losses and updates, in double; results are rounded to float once. */
final class ScalarLosses {

    static void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions) {
        for (int t = 0; t < logits.rows(); t++) {
            float[] row = row(logits, t);
            predictions[t] = best(row);
            losses.set(t, 0, targets[t] < 0 ? 0 : (float) (logSumExp(row) - row[targets[t]]));
        }
    }

    static void logSumExp(Tensor logits, int[] best, double[] logSumExp) {
        for (int t = 0; t < logits.rows(); t++) {
            float[] row = row(logits, t);
            best[t] = best(row);
            logSumExp[t] = logSumExp(row);
        }
    }

    private static int best(float[] row) {
        int best = 0;
        for (int v = 1; v < row.length; v++) {
            if (row[v] > row[best]) {
                best = v;
            }
        }
        return best;
    }

    static void crossEntropyGradients(
            Tensor logits, int[] targets, float[] factors, Tensor dLogits) {
        for (int t = 0; t < logits.rows(); t++) {
            float[] row = row(logits, t);
            float[] gradients = new float[row.length];
            if (targets[t] >= 0) {
                double[] p = softmax(row);
                p[targets[t]] -= 1;
                for (int v = 0; v < row.length; v++) {
                    gradients[v] = (float) (p[v] * factors[t]);
                }
            }
            dLogits.setRow(t, gradients);
        }
    }

    private static double logSumExp(float[] row) {
        float largest = largest(row);
        double sum = 0;
        for (float number : row) {
            sum += Math.exp((double) number - largest);
        }
        return largest + Math.log(sum);
    }

    /** Softmax of one row, the sum ascending. */
    static double[] softmax(float[] row) {
        float largest = largest(row);
        double[] p = new double[row.length];
        double sum = 0;
        for (int v = 0; v < row.length; v++) {
            p[v] = Math.exp((double) row[v] - largest);
            sum += p[v];
        }
        for (int v = 0; v < row.length; v++) {
            p[v] /= sum;
        }
        return p;
    }

    private static float largest(float[] row) {
        float largest = Float.NEGATIVE_INFINITY;
        for (float number : row) {
            largest = Math.max(largest, number);
        }
        return largest;
    }

    static double sumOfSquares(Tensor x) {
        double sum = 0;
        for (long at = 0; at < bytes(x); at += Float.BYTES) {
            double number = x.segment().get(JAVA_FLOAT_UNALIGNED, at);
            sum += number * number;
        }
        return sum;
    }

    static void update(
            Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers) {
        double correction1 = 1 - Math.pow(numbers.beta1(), (double) numbers.step());
        double correction2 = 1 - Math.pow(numbers.beta2(), (double) numbers.step());
        MemorySegment p = parameters.segment();
        MemorySegment m = first.segment();
        MemorySegment v = second.segment();
        for (long at = 0; at < bytes(parameters); at += Float.BYTES) {
            double g = gradients.segment().get(JAVA_FLOAT_UNALIGNED, at) * numbers.gradientScale();
            double held = p.get(JAVA_FLOAT_UNALIGNED, at);
            double mean =
                    numbers.beta1() * m.get(JAVA_FLOAT_UNALIGNED, at) + (1 - numbers.beta1()) * g;
            double square =
                    numbers.beta2() * v.get(JAVA_FLOAT_UNALIGNED, at)
                            + (1 - numbers.beta2()) * g * g;
            double step = (mean / correction1) / (Math.sqrt(square / correction2) + numbers.eps());
            double changed = held - numbers.learningRate() * (step + numbers.weightDecay() * held);
            m.set(JAVA_FLOAT_UNALIGNED, at, (float) mean);
            v.set(JAVA_FLOAT_UNALIGNED, at, (float) square);
            p.set(JAVA_FLOAT_UNALIGNED, at, (float) changed);
        }
    }

    private static long bytes(Tensor tensor) {
        return Math.multiplyExact(tensor.shape().elements(), (long) Float.BYTES);
    }

    private ScalarLosses() {}
}
