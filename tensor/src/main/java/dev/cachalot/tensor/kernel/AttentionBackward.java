package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.WorkerPool;

/**
 * Attention backward: a task for each span and key head owns that head's dK and dV. With P the
 * softmax and dP = dOut V: dS = P (dP - dOut · out), dQ += scale dS K, dK += scale dSᵀ Q, dV += Pᵀ
 * dOut. Heads ascending, then queries, then keys.
 */
final class AttentionBackward {
    private final WorkerPool pool;
    private final Scratch[] scratches;

    AttentionBackward(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    void add(AttentionInputs in, AttentionGradients gradients) {
        AttentionShape shape = in.shape();
        Units units = new Units();
        for (int i = 0; i < in.spans().size(); i++) {
            AttentionSpan span = in.spans().get(i);
            long cost = 2L * span.queryCount() * span.keyCount();
            for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
                units.add(i, kvHead, 0, 0, 0, cost * (shape.keyDim() + shape.valueDim()));
            }
        }
        units.run(
                pool,
                (i, kvHead, _, _, _, worker) ->
                        new Head(in, gradients, in.spans().get(i), kvHead, scratches[worker])
                                .run());
    }

    /** One key head of one span. */
    private static final class Head {
        private final AttentionInputs in;
        private final AttentionGradients gradients;
        private final AttentionSpan span;
        private final int kvHead;
        private final int keyDim;
        private final int valueDim;
        private final int keyStride; // of rows with room for whole panels
        private final int valueStride;
        private final int count; // keys
        private final float[] keys; // [keys][keyDim]
        private final float[] keyPanels; // panels of [keys][PANEL]
        private final float[] values; // [keys][valueDim]
        private final float[] dk; // [keys][keyStride]
        private final float[] dv; // [keys][valueStride]
        private final float[] scores; // [keys][PANEL], then P
        private final float[] dp; // [keys][PANEL], then dS
        private final float[] rows; // [PANEL][a width]
        private final float[] turned; // [a width][PANEL]
        private final float[] turnedOut; // [valueDim][PANEL]
        private final float[] panels; // panels of [PANEL][PANEL]
        private final float[] dq; // [PANEL][keyStride]
        private final int[] visible = new int[PANEL];
        private final float[] logSumExp = new float[PANEL];
        private final float[] along = new float[PANEL];

        Head(
                AttentionInputs in,
                AttentionGradients gradients,
                AttentionSpan span,
                int kvHead,
                Scratch scratch) {
            this.in = in;
            this.gradients = gradients;
            this.span = span;
            this.kvHead = kvHead;
            keyDim = in.shape().keyDim();
            valueDim = in.shape().valueDim();
            keyStride = Tile.padded(keyDim);
            valueStride = Tile.padded(valueDim);
            count = span.keyCount();
            int widest = Math.max(keyStride, valueStride);
            keys = scratch.floats(0, count * keyDim);
            keyPanels = scratch.floats(1, count * keyStride);
            values = scratch.floats(2, count * valueDim);
            dk = scratch.floats(3, count * keyStride);
            dv = scratch.floats(4, count * valueStride);
            scores = scratch.floats(5, count * PANEL);
            dp = scratch.floats(6, count * PANEL);
            rows = scratch.floats(7, PANEL * widest);
            turned = scratch.floats(8, PANEL * widest);
            panels = scratch.floats(9, PANEL * widest);
            dq = scratch.floats(10, PANEL * keyStride);
            turnedOut = scratch.floats(11, PANEL * valueDim);
        }

        void run() {
            int keyAt = kvHead * keyDim;
            int valueAt = kvHead * valueDim;
            int first = span.keyRow();
            Rows.readAll(in.k(), first, count, keyAt, keyDim, keys, keyDim);
            Rows.readPanels(in.k(), first, count, keyAt, keyDim, keyPanels, count);
            Rows.readAll(in.v(), first, count, valueAt, valueDim, values, valueDim);
            Rows.readAll(gradients.dk(), first, count, keyAt, keyDim, dk, keyStride);
            Rows.readAll(gradients.dv(), first, count, valueAt, valueDim, dv, valueStride);
            int group = in.shape().heads() / in.shape().kvHeads();
            for (int h = kvHead * group; h < (kvHead + 1) * group; h++) {
                for (int from = 0; from < span.queryCount(); from += PANEL) {
                    queries(h, from, Math.min(PANEL, span.queryCount() - from));
                }
            }
            Rows.writeAll(dk, keyStride, gradients.dk(), first, count, keyAt, keyDim);
            Rows.writeAll(dv, valueStride, gradients.dv(), first, count, valueAt, valueDim);
        }

        private void queries(int h, int from, int lanes) {
            int row = span.queryRow() + from;
            int keyAt = h * keyDim;
            int valueAt = h * valueDim;
            float scale = in.shape().scale();
            for (int lane = 0; lane < lanes; lane++) {
                visible[lane] = count - span.queryCount() + from + lane + 1;
                logSumExp[lane] = in.logSumExp().get(row + lane, h);
            }
            int seen = visible[lanes - 1];
            Rows.readAll(in.q(), row, lanes, keyAt, keyDim, rows, keyDim);
            Rows.turn(rows, keyDim, lanes, keyDim, scale, turned);
            AttentionTile.scores(keys, keyDim, keyDim, turned, seen, lanes, visible, scores);
            Rows.readAll(gradients.dOut(), row, lanes, valueAt, valueDim, rows, valueDim);
            Rows.turn(rows, valueDim, lanes, valueDim, 1, turned);
            AttentionTile.products(values, valueDim, valueDim, turned, seen, lanes, dp);
            Rows.readAll(in.out(), row, lanes, valueAt, valueDim, rows, valueDim);
            Rows.turn(rows, valueDim, lanes, valueDim, 1, turnedOut);
            AttentionTile.dots(turned, turnedOut, valueDim, along);
            AttentionTile.scoreGradients(scores, dp, seen, lanes, logSumExp, along, scale);

            Rows.readPanels(gradients.dOut(), row, lanes, valueAt, valueDim, panels, PANEL);
            addToKeys(scores, seen, lanes, dv, valueStride, valueDim);
            Rows.readPanels(in.q(), row, lanes, keyAt, keyDim, panels, PANEL);
            addToKeys(dp, seen, lanes, dk, keyStride, keyDim);

            Rows.readAll(gradients.dq(), row, lanes, keyAt, keyDim, dq, keyStride);
            AttentionTile.weigh(dp, seen, keyPanels, count, keyDim, lanes, dq, keyStride);
            Rows.writeAll(dq, keyStride, gradients.dq(), row, lanes, keyAt, keyDim);
        }

        /** to[j] += Σ_lane factors[j][lane] panels[lane], lanes ascending. */
        private void addToKeys(
                float[] factors, int seen, int lanes, float[] to, int stride, int width) {
            for (int c = 0; c < width; c += PANEL) {
                Tile.strided(
                        factors,
                        0,
                        PANEL,
                        panels,
                        c * PANEL,
                        lanes,
                        to,
                        c,
                        stride,
                        seen,
                        Math.min(PANEL, width - c),
                        false);
            }
        }
    }
}
