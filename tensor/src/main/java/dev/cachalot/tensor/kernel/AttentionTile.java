package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.splat;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Attention of up to {@value Tile#PANEL} queries, a lane each, over rows of keys and values in heap
 * arrays. Scores lie key after key, [keys][PANEL], so that both products read keys and values as
 * they are stored, and the softmax goes down the lanes without sums across them.
 *
 * <p>All that happens to a lane depends on its own query and visible keys only: sums go over keys
 * ascending, and a hidden key adds exactly nothing.
 */
final class AttentionTile {
    /** Keys a pass of the weighted sum takes: their values stay in a first-level cache. */
    private static final int DEPTH = 128;

    /** scores[j][lane] = keys[j] · queries[.][lane], minus infinity where the key is hidden. */
    static void scores(
            float[] keys,
            int stride,
            int keyDim,
            float[] queries,
            int count,
            int lanes,
            int[] visible,
            float[] scores) {
        products(keys, stride, keyDim, queries, count, lanes, scores);
        for (int lane = 0; lane < lanes; lane++) {
            for (int j = visible[lane]; j < count; j++) {
                scores[j * PANEL + lane] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** to[j][lane] = rows[j] · columns[.][lane]. */
    static void products(
            float[] rows,
            int stride,
            int depth,
            float[] columns,
            int count,
            int lanes,
            float[] to) {
        Tile.strided(rows, 0, stride, columns, 0, depth, to, 0, PANEL, count, lanes, true);
    }

    /**
     * Scores become exp(score - largest), not yet divided; their sum and the largest of a lane are
     * put where told.
     */
    static void exponentials(float[] scores, int count, int lanes, float[] largest, float[] sums) {
        for (int v = 0; v < lanes; v += L) {
            largest(scores, v, count, largest);
            exponentialsOf(scores, v, count, largest, sums);
        }
    }

    private static void largest(float[] scores, int v, int count, float[] largest) {
        IntVector most = Lanes.ordered(splat(Float.NEGATIVE_INFINITY));
        for (int j = 0; j < count; j++) {
            most = most.max(Lanes.ordered(FloatVector.fromArray(F, scores, j * PANEL + v)));
        }
        Lanes.floats(most).intoArray(largest, v);
    }

    private static void exponentialsOf(
            float[] scores, int v, int count, float[] largest, float[] sums) {
        FloatVector most = FloatVector.fromArray(F, largest, v);
        FloatVector sum = splat(0);
        for (int j = 0; j < count; j++) {
            FloatVector e = Lanes.exp(FloatVector.fromArray(F, scores, j * PANEL + v).sub(most));
            e.intoArray(scores, j * PANEL + v);
            sum = sum.add(e);
        }
        sum.intoArray(sums, v);
    }

    /**
     * out[lane] += Σ_j weights[j][lane] values[j], j ascending: values in panels of {@code
     * capacity} rows, out [PANEL][stride] with room for whole panels.
     */
    static void weigh(
            float[] weights,
            int count,
            float[] values,
            int capacity,
            int valueDim,
            int lanes,
            float[] out,
            int stride) {
        for (int j = 0; j < count; j += DEPTH) {
            int depth = Math.min(DEPTH, count - j);
            for (int c = 0; c < valueDim; c += PANEL) {
                Tile.interleaved(
                        weights,
                        j * PANEL,
                        values,
                        c * capacity + j * PANEL,
                        depth,
                        out,
                        c,
                        stride,
                        lanes,
                        Math.min(PANEL, valueDim - c));
            }
        }
    }

    /**
     * From scores and dP make P = exp(score - logSumExp), in place, and dS = P (dP - along) scale,
     * in the place of dP; hidden keys give 0 in both.
     */
    static void scoreGradients(
            float[] scores,
            float[] dp,
            int count,
            int lanes,
            float[] logSumExp,
            float[] along,
            float scale) {
        for (int v = 0; v < lanes; v += L) {
            FloatVector log = FloatVector.fromArray(F, logSumExp, v);
            FloatVector own = FloatVector.fromArray(F, along, v);
            for (int j = 0; j < count; j++) {
                int at = j * PANEL + v;
                FloatVector p = Lanes.exp(FloatVector.fromArray(F, scores, at).sub(log));
                p.intoArray(scores, at);
                p.mul(FloatVector.fromArray(F, dp, at).sub(own)).mul(scale).intoArray(dp, at);
            }
        }
    }

    /** to[lane] = Σ_d x[d][lane] y[d][lane]. */
    static void dots(float[] x, float[] y, int depth, float[] to) {
        for (int v = 0; v < PANEL; v += L) {
            FloatVector sum = splat(0);
            for (int d = 0; d < depth; d++) {
                FloatVector one = FloatVector.fromArray(F, x, d * PANEL + v);
                sum = one.fma(FloatVector.fromArray(F, y, d * PANEL + v), sum);
            }
            sum.intoArray(to, v);
        }
    }

    private AttentionTile() {}
}
