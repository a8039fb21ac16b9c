package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.splat;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * RMSNorm and SwiGLU, forward and backward: row by row in heap arrays, filled up with zeros to
 * whole vectors.
 */
final class VectorLayers {
    private static final int COLUMNS = 64; // a chunk of columns is a multiple: whole cache lines

    private final WorkerPool pool;
    private final Scratch[] scratches;

    VectorLayers(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    /** Scratch for a row: zeros after {@code width}. */
    private float[] row(int worker, int slot, int width) {
        float[] row = scratches[worker].floats(slot, width + L);
        Arrays.fill(row, width, width + L, 0);
        return row;
    }

    void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y) {
        int width = x.width();
        Split.over(
                pool,
                x.rows(),
                2L * width,
                (from, to, worker) -> {
                    float[] in = row(worker, 0, width);
                    float[] gains = row(worker, 1, width);
                    Rows.read(gain, 0, 0, width, gains, 0);
                    for (int t = from; t < to; t++) {
                        Rows.read(x, t, 0, width, in, 0);
                        normRow(in, (float) inverseNorm(in, width, eps), gains, width);
                        Rows.write(in, 0, width, y, t, 0);
                    }
                });
    }

    /** One over the root of the mean square. */
    private static double inverseNorm(float[] row, int width, float eps) {
        return 1 / Math.sqrt(Runs.dot(row, row, width) / width + eps);
    }

    private static void normRow(float[] x, float inverse, float[] gain, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector scaled = FloatVector.fromArray(F, x, i).mul(inverse);
            scaled.mul(FloatVector.fromArray(F, gain, i)).intoArray(x, i);
        }
    }

    /**
     * With r = 1 / sqrt(mean(x²) + eps): dX_i = r g_i dY_i - x_i r³ / D Σ_j g_j dY_j x_j, and
     * dGain_i = Σ_t dY_i x_i r.
     */
    void addRmsNormGradients(Tensor x, Tensor gain, float eps, Tensor dy, Tensor dx, Tensor dGain) {
        int width = x.width();
        float[] inverses = new float[x.rows()];
        Split.over(
                pool,
                x.rows(),
                4L * width,
                (from, to, worker) -> {
                    float[] in = row(worker, 0, width);
                    float[] gains = row(worker, 1, width);
                    float[] dOut = row(worker, 2, width);
                    float[] sums = row(worker, 3, width);
                    Rows.read(gain, 0, 0, width, gains, 0);
                    for (int t = from; t < to; t++) {
                        Rows.read(x, t, 0, width, in, 0);
                        Rows.read(dy, t, 0, width, dOut, 0);
                        Rows.read(dx, t, 0, width, sums, 0);
                        double r = inverseNorm(in, width, eps);
                        multiply(gains, dOut, width);
                        double along = Runs.dot(dOut, in, width) * r * r * r / width;
                        addNormGradient(dOut, (float) r, in, (float) along, sums, width);
                        Rows.write(sums, 0, width, dx, t, 0);
                        inverses[t] = (float) r;
                    }
                });
        Split.over(
                pool,
                width,
                3L * x.rows(),
                COLUMNS,
                (from, to, worker) -> {
                    int count = to - from;
                    float[] in = row(worker, 0, count);
                    float[] dOut = row(worker, 1, count);
                    float[] sums = row(worker, 2, count);
                    Rows.read(dGain, 0, from, count, sums, 0);
                    for (int t = 0; t < inverses.length; t++) {
                        Rows.read(x, t, from, count, in, 0);
                        Rows.read(dy, t, from, count, dOut, 0);
                        addGainGradient(in, inverses[t], dOut, sums, count);
                    }
                    Rows.write(sums, 0, count, dGain, 0, from);
                });
    }

    /** y *= x. */
    private static void multiply(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, y, i).mul(FloatVector.fromArray(F, x, i)).intoArray(y, i);
        }
    }

    private static void addNormGradient(
            float[] scaled, float r, float[] x, float along, float[] sums, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector change =
                    FloatVector.fromArray(F, scaled, i)
                            .mul(r)
                            .sub(FloatVector.fromArray(F, x, i).mul(along));
            FloatVector.fromArray(F, sums, i).add(change).intoArray(sums, i);
        }
    }

    private static void addGainGradient(float[] x, float r, float[] dy, float[] sums, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector normed = FloatVector.fromArray(F, x, i).mul(r);
            normed.fma(FloatVector.fromArray(F, dy, i), FloatVector.fromArray(F, sums, i))
                    .intoArray(sums, i);
        }
    }

    void swiGlu(Tensor gate, Tensor up, Tensor y) {
        int width = gate.width();
        Split.over(
                pool,
                gate.rows(),
                4L * width,
                (from, to, worker) -> {
                    float[] gates = row(worker, 0, width);
                    float[] ups = row(worker, 1, width);
                    for (int t = from; t < to; t++) {
                        Rows.read(gate, t, 0, width, gates, 0);
                        Rows.read(up, t, 0, width, ups, 0);
                        swiGlu(gates, ups, width);
                        Rows.write(gates, 0, width, y, t, 0);
                    }
                });
    }

    private static void swiGlu(float[] gate, float[] up, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector g = FloatVector.fromArray(F, gate, i);
            g.mul(sigmoid(g)).mul(FloatVector.fromArray(F, up, i)).intoArray(gate, i);
        }
    }

    private static FloatVector sigmoid(FloatVector x) {
        return splat(1).div(Lanes.exp(x.neg()).add(1));
    }

    void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        int width = gate.width();
        Split.over(
                pool,
                gate.rows(),
                6L * width,
                (from, to, worker) -> {
                    float[] gates = row(worker, 0, width);
                    float[] ups = row(worker, 1, width);
                    float[] dOut = row(worker, 2, width);
                    for (int t = from; t < to; t++) {
                        Rows.read(gate, t, 0, width, gates, 0);
                        Rows.read(up, t, 0, width, ups, 0);
                        Rows.read(dy, t, 0, width, dOut, 0);
                        swiGluGradients(gates, ups, dOut, width);
                        Rows.write(gates, 0, width, dGate, t, 0);
                        Rows.write(ups, 0, width, dUp, t, 0);
                    }
                });
    }

    /** Gradients take the places of gate and up. */
    private static void swiGluGradients(float[] gate, float[] up, float[] dy, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector g = FloatVector.fromArray(F, gate, i);
            FloatVector d = FloatVector.fromArray(F, dy, i);
            FloatVector sigma = sigmoid(g);
            FloatVector slope = splat(1).sub(sigma).fma(g, splat(1)).mul(sigma);
            d.mul(FloatVector.fromArray(F, up, i)).mul(slope).intoArray(gate, i);
            d.mul(g).mul(sigma).intoArray(up, i);
        }
    }
}
