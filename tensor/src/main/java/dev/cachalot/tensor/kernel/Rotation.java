package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.first;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.store;

import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Rotation of pairs. Adjacent ones: {@code x * (c, c) + swapped x * (-s, s)}; halves: {@code x1 * c
 * - x2 * s} and {@code x2 * c + x1 * s}.
 */
final class Rotation {
    /** Swaps the two lanes of each pair. */
    private static final VectorShuffle<Float> SWAP = VectorShuffle.fromOp(F, lane -> lane ^ 1);

    private final WorkerPool pool;
    private final Scratch[] scratches;

    Rotation(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    void rotate(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            RotaryPairs pairing,
            boolean inverse) {
        switch (pairing) {
            case ADJACENT -> adjacent(x, columns, heads, positions, cos, sin, inverse);
            case HALVES -> halves(x, columns, heads, positions, cos, sin, inverse);
        }
    }

    private void adjacent(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            boolean inverse) {
        int pairs = cos.width();
        Split.over(
                pool,
                x.rows(),
                4L * heads * pairs,
                (from, to, worker) -> {
                    float[] c = scratches[worker].floats(0, 2 * pairs + L);
                    float[] s = scratches[worker].floats(1, 2 * pairs + L);
                    float[] row = scratches[worker].floats(2, 2 * pairs);
                    for (int t = from; t < to; t++) {
                        Rows.read(cos, positions[t], 0, pairs, row, 0);
                        Rows.read(sin, positions[t], 0, pairs, row, pairs);
                        for (int i = 0; i < pairs; i++) {
                            float sine = inverse ? -row[pairs + i] : row[pairs + i];
                            c[2 * i] = row[i];
                            c[2 * i + 1] = row[i];
                            s[2 * i] = -sine;
                            s[2 * i + 1] = sine;
                        }
                        for (int h = 0; h < heads; h++) {
                            turn(x.segment(), VectorRows.at(x, t, columns, h), c, s, 2 * pairs);
                        }
                    }
                });
    }

    private void halves(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            boolean inverse) {
        int pairs = cos.width();
        Split.over(
                pool,
                x.rows(),
                4L * heads * pairs,
                (from, to, worker) -> {
                    float[] c = scratches[worker].floats(0, pairs);
                    float[] s = scratches[worker].floats(1, pairs);
                    for (int t = from; t < to; t++) {
                        Rows.read(cos, positions[t], 0, pairs, c, 0);
                        Rows.read(sin, positions[t], 0, pairs, s, 0);
                        for (int i = 0; inverse && i < pairs; i++) {
                            s[i] = -s[i];
                        }
                        for (int h = 0; h < heads; h++) {
                            turnHalves(x.segment(), VectorRows.at(x, t, columns, h), c, s, pairs);
                        }
                    }
                });
    }

    private static void turnHalves(MemorySegment x, long at, float[] c, float[] s, int n) {
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> lanes = first(n - i);
            FloatVector cos = FloatVector.fromArray(F, c, i, lanes);
            FloatVector sin = FloatVector.fromArray(F, s, i, lanes);
            FloatVector x1 = load(x, at + 4L * i, lanes);
            FloatVector x2 = load(x, at + 4L * (n + i), lanes);
            store(x2.neg().fma(sin, x1.mul(cos)), x, at + 4L * i, lanes);
            store(x1.fma(sin, x2.mul(cos)), x, at + 4L * (n + i), lanes);
        }
    }

    private static void turn(MemorySegment x, long at, float[] c, float[] s, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector in = load(x, at + 4L * i);
            FloatVector out = in.mul(FloatVector.fromArray(F, c, i));
            out = in.rearrange(SWAP).fma(FloatVector.fromArray(F, s, i), out);
            store(out, x, at + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector in = load(x, at + 4L * i, rest);
            FloatVector out = in.mul(FloatVector.fromArray(F, c, i));
            out = in.rearrange(SWAP).fma(FloatVector.fromArray(F, s, i), out);
            store(out, x, at + 4L * i, rest);
        }
    }
}
