package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.first;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.store;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/** RMSNorm and SwiGLU, forward and backward. */
final class VectorLayers {
    private static final int COLUMNS = 64; // a chunk of columns is a multiple: whole cache lines

    private final WorkerPool pool;

    VectorLayers(WorkerPool pool) {
        this.pool = pool;
    }

    void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y) {
        int width = x.width();
        Split.over(
                pool,
                x.rows(),
                2L * width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        float inverse = (float) inverseNorm(x, t, eps);
                        normRow(
                                x.segment(),
                                t * x.rowBytes(),
                                inverse,
                                gain.segment(),
                                y.segment(),
                                t * y.rowBytes(),
                                width);
                    }
                });
    }

    /** One over the root of the mean square of a row. */
    private static double inverseNorm(Tensor x, int t, float eps) {
        long at = t * x.rowBytes();
        double sum = Runs.dot(x.segment(), at, x.segment(), at, x.width());
        return 1 / Math.sqrt(sum / x.width() + eps);
    }

    private static void normRow(
            MemorySegment x,
            long xAt,
            float inverse,
            MemorySegment gain,
            MemorySegment y,
            long yAt,
            int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(x, xAt + 4L * i).mul(inverse).mul(load(gain, 4L * i)), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector out = load(x, xAt + 4L * i, rest).mul(inverse);
            store(out.mul(load(gain, 4L * i, rest)), y, yAt + 4L * i, rest);
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
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        double r = inverseNorm(x, t, eps);
                        double along =
                                Runs.dot(
                                        x.segment(),
                                        t * x.rowBytes(),
                                        dy.segment(),
                                        t * dy.rowBytes(),
                                        gain.segment(),
                                        width);
                        inverses[t] = (float) r;
                        addNormGradient(
                                x, gain, dy, dx, t, (float) r, (float) (along * r * r * r / width));
                    }
                });
        Split.over(
                pool,
                width,
                3L * x.rows(),
                COLUMNS,
                (from, to, _) -> {
                    for (int t = 0; t < x.rows(); t++) {
                        addGainGradient(x, dy, dGain, t, inverses[t], from, to);
                    }
                });
    }

    private static void addNormGradient(
            Tensor x, Tensor gain, Tensor dy, Tensor dx, int t, float r, float along) {
        MemorySegment xs = x.segment();
        MemorySegment gs = gain.segment();
        MemorySegment dys = dy.segment();
        MemorySegment dxs = dx.segment();
        long xAt = t * x.rowBytes();
        long dyAt = t * dy.rowBytes();
        long dxAt = t * dx.rowBytes();
        int n = x.width();
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector direct = load(gs, 4L * i).mul(load(dys, dyAt + 4L * i)).mul(r);
            FloatVector change = direct.sub(load(xs, xAt + 4L * i).mul(along));
            store(load(dxs, dxAt + 4L * i).add(change), dxs, dxAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector direct = load(gs, 4L * i, rest).mul(load(dys, dyAt + 4L * i, rest)).mul(r);
            FloatVector change = direct.sub(load(xs, xAt + 4L * i, rest).mul(along));
            store(load(dxs, dxAt + 4L * i, rest).add(change), dxs, dxAt + 4L * i, rest);
        }
    }

    private static void addGainGradient(
            Tensor x, Tensor dy, Tensor dGain, int t, float r, int from, int to) {
        MemorySegment xs = x.segment();
        MemorySegment dys = dy.segment();
        MemorySegment sums = dGain.segment();
        long xAt = t * x.rowBytes();
        long dyAt = t * dy.rowBytes();
        int i = from;
        for (; i <= to - L; i += L) {
            FloatVector scaled = load(xs, xAt + 4L * i).mul(r);
            store(scaled.fma(load(dys, dyAt + 4L * i), load(sums, 4L * i)), sums, 4L * i);
        }
        if (i < to) {
            VectorMask<Float> rest = first(to - i);
            FloatVector scaled = load(xs, xAt + 4L * i, rest).mul(r);
            FloatVector sum = scaled.fma(load(dys, dyAt + 4L * i, rest), load(sums, 4L * i, rest));
            store(sum, sums, 4L * i, rest);
        }
    }

    void swiGlu(Tensor gate, Tensor up, Tensor y) {
        Split.over(
                pool,
                gate.rows(),
                4L * gate.width(),
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        swiGluRow(gate, up, y, t);
                    }
                });
    }

    private static void swiGluRow(Tensor gate, Tensor up, Tensor y, int t) {
        MemorySegment gs = gate.segment();
        MemorySegment us = up.segment();
        MemorySegment ys = y.segment();
        long gAt = t * gate.rowBytes();
        long uAt = t * up.rowBytes();
        long yAt = t * y.rowBytes();
        int n = gate.width();
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector g = load(gs, gAt + 4L * i);
            store(g.mul(sigmoid(g)).mul(load(us, uAt + 4L * i)), ys, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector g = load(gs, gAt + 4L * i, rest);
            FloatVector out = g.mul(sigmoid(g)).mul(load(us, uAt + 4L * i, rest));
            store(out, ys, yAt + 4L * i, rest);
        }
    }

    private static FloatVector sigmoid(FloatVector x) {
        return Lanes.splat(1).div(Lanes.exp(x.neg()).add(1));
    }

    void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        Split.over(
                pool,
                gate.rows(),
                6L * gate.width(),
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        swiGluGradientsRow(gate, up, dy, dGate, dUp, t);
                    }
                });
    }

    private static void swiGluGradientsRow(
            Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp, int t) {
        MemorySegment gs = gate.segment();
        MemorySegment us = up.segment();
        MemorySegment dys = dy.segment();
        MemorySegment dgs = dGate.segment();
        MemorySegment dus = dUp.segment();
        long gAt = t * gate.rowBytes();
        long uAt = t * up.rowBytes();
        long dyAt = t * dy.rowBytes();
        long dgAt = t * dGate.rowBytes();
        long duAt = t * dUp.rowBytes();
        int n = gate.width();
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector g = load(gs, gAt + 4L * i);
            FloatVector u = load(us, uAt + 4L * i);
            FloatVector d = load(dys, dyAt + 4L * i);
            FloatVector sigma = sigmoid(g);
            store(gateGradient(g, u, d, sigma), dgs, dgAt + 4L * i);
            store(d.mul(g).mul(sigma), dus, duAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector g = load(gs, gAt + 4L * i, rest);
            FloatVector u = load(us, uAt + 4L * i, rest);
            FloatVector d = load(dys, dyAt + 4L * i, rest);
            FloatVector sigma = sigmoid(g);
            store(gateGradient(g, u, d, sigma), dgs, dgAt + 4L * i, rest);
            store(d.mul(g).mul(sigma), dus, duAt + 4L * i, rest);
        }
    }

    private static FloatVector gateGradient(
            FloatVector g, FloatVector u, FloatVector d, FloatVector sigma) {
        return d.mul(u).mul(sigma).mul(g.mul(sigma.neg().add(1)).add(1));
    }
}
