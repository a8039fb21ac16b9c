package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.splat;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * RMSNorm and SwiGLU, forward and backward: row by row in heap arrays, filled up with zeros to
 * whole vectors.
 */
final class VectorLayers {
    private static final int COLUMNS = 64; // a chunk of columns is a multiple: whole cache lines
    private static final long VECTOR = 4L * L; // bytes

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
                    float[] sums = row(worker, 0, to - from);
                    Rows.read(dGain, 0, from, to - from, sums, 0);
                    for (int c = from; c < to; c += 4 * L) {
                        addGainGradients(x, inverses, dy, c, to, sums, c - from);
                    }
                    Rows.write(sums, 0, to - from, dGain, 0, from);
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

    /** Columns {@code from}, up to four vectors of them: the sums stay in registers. */
    private static void addGainGradients(
            Tensor x, float[] inverses, Tensor dy, int from, int to, float[] sums, int at) {
        if (to - from < 4 * L) {
            for (int i = 0; i < to - from; i++) {
                for (int t = 0; t < inverses.length; t++) {
                    sums[at + i] =
                            Math.fma(
                                    x.get(t, from + i) * inverses[t],
                                    dy.get(t, from + i),
                                    sums[at + i]);
                }
            }
            return;
        }
        MemorySegment xs = x.segment();
        MemorySegment ys = dy.segment();
        FloatVector a = FloatVector.fromArray(F, sums, at);
        FloatVector b = FloatVector.fromArray(F, sums, at + L);
        FloatVector c = FloatVector.fromArray(F, sums, at + 2 * L);
        FloatVector d = FloatVector.fromArray(F, sums, at + 3 * L);
        for (int t = 0; t < inverses.length; t++) {
            FloatVector r = splat(inverses[t]);
            long xAt = t * x.rowBytes() + 4L * from;
            long yAt = t * dy.rowBytes() + 4L * from;
            a = load(xs, xAt).mul(r).fma(load(ys, yAt), a);
            b = load(xs, xAt + VECTOR).mul(r).fma(load(ys, yAt + VECTOR), b);
            c = load(xs, xAt + 2 * VECTOR).mul(r).fma(load(ys, yAt + 2 * VECTOR), c);
            d = load(xs, xAt + 3 * VECTOR).mul(r).fma(load(ys, yAt + 3 * VECTOR), d);
        }
        a.intoArray(sums, at);
        b.intoArray(sums, at + L);
        c.intoArray(sums, at + 2 * L);
        d.intoArray(sums, at + 3 * L);
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
                    Tensor[] in = {gate, up, dy};
                    Tensor[] out = {dGate, dUp};
                    float[][] rows = new float[in.length][];
                    for (int i = 0; i < rows.length; i++) {
                        rows[i] = row(worker, i, width);
                    }
                    float[] sigmas = row(worker, in.length, width);
                    for (int t = from; t < to; t++) {
                        // loops keep the code that the JIT inlines here below its limit
                        for (int i = 0; i < in.length; i++) {
                            Rows.read(in[i], t, 0, width, rows[i], 0);
                        }
                        sigmoids(rows[0], sigmas, width);
                        swiGluGradients(rows[0], rows[1], rows[2], sigmas, width);
                        for (int i = 0; i < out.length; i++) {
                            Rows.write(rows[i], 0, width, out[i], t, 0);
                        }
                    }
                });
    }

    private static void sigmoids(float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            sigmoid(FloatVector.fromArray(F, x, i)).intoArray(y, i);
        }
    }

    /** Gradients take the places of gate and up. */
    private static void swiGluGradients(
            float[] gate, float[] up, float[] dy, float[] sigmas, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector g = FloatVector.fromArray(F, gate, i);
            FloatVector d = FloatVector.fromArray(F, dy, i);
            FloatVector sigma = FloatVector.fromArray(F, sigmas, i);
            FloatVector slope = splat(1).sub(sigma).fma(g, splat(1)).mul(sigma);
            d.mul(FloatVector.fromArray(F, up, i)).mul(slope).intoArray(gate, i);
            d.mul(g).mul(sigma).intoArray(up, i);
        }
    }
}
