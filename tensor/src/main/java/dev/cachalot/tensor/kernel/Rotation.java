package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.first;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.store;

import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/** Rotation of adjacent pairs: {@code x * (c, c) + swapped x * (-s, s)}. */
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
