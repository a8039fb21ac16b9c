package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;
import java.util.List;

/** Attention forward: over projected keys, a task for each span and head, and over latents. */
final class VectorAttention {
    private final WorkerPool pool;
    private final Scratch[] scratches;

    VectorAttention(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {
        Units units = new Units();
        for (int i = 0; i < spans.size(); i++) {
            AttentionSpan span = spans.get(i);
            long cost = (long) span.queryCount() * span.keyCount();
            for (int h = 0; h < shape.heads(); h++) {
                units.add(i, h, h + 1, 0, 0, cost * (shape.keyDim() + shape.valueDim()));
            }
        }
        units.run(
                pool,
                (i, h, _, _, _, worker) -> {
                    AttentionSpan span = spans.get(i);
                    Work work = new Work(scratches[worker], shape, span.keyCount());
                    int kvHead = h / (shape.heads() / shape.kvHeads());
                    int keyAt = kvHead * shape.keyDim();
                    int valueAt = kvHead * shape.valueDim();
                    Rows.readAll(
                            k,
                            span.keyRow(),
                            span.keyCount(),
                            keyAt,
                            shape.keyDim(),
                            work.keys,
                            shape.keyDim());
                    Rows.readPanels(
                            v,
                            span.keyRow(),
                            span.keyCount(),
                            valueAt,
                            shape.valueDim(),
                            work.values,
                            span.keyCount());
                    for (int from = 0; from < span.queryCount(); from += PANEL) {
                        int lanes = Math.min(PANEL, span.queryCount() - from);
                        int first = span.queryRow() + from;
                        Rows.readAll(
                                q,
                                first,
                                lanes,
                                h * shape.keyDim(),
                                shape.keyDim(),
                                work.rows,
                                shape.keyDim());
                        for (int lane = 0; lane < lanes; lane++) {
                            work.visible[lane] =
                                    span.keyCount() - span.queryCount() + from + lane + 1;
                        }
                        work.run(lanes);
                        Rows.writeAll(
                                work.result,
                                work.stride,
                                out,
                                first,
                                lanes,
                                h * shape.valueDim(),
                                shape.valueDim());
                        for (int lane = 0; lane < lanes; lane++) {
                            logSumExp.set(first + lane, h, work.logSumExp(lane));
                        }
                    }
                });
    }

    void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        Units units = new Units();
        for (int i = 0; i < spans.size(); i++) {
            LatentSpan span = spans.get(i);
            int lanes = span.queryCount() * shape.heads();
            int tasks = Math.max(1, 2 * pool.threads() / spans.size());
            int each = Tile.padded((lanes + tasks - 1) / tasks); // keys are copied once a task
            long depth = shape.keyDim() + (long) shape.valueDim();
            for (int from = 0; from < lanes; from += each) {
                int to = Math.min(lanes, from + each);
                units.add(i, from, to, 0, 0, (to - from) * depth * span.keyCount());
            }
        }
        units.run(
                pool,
                (i, from, to, _, _, worker) ->
                        latentLanes(q, shape, spans.get(i), from, to, out, scratches[worker]));
    }

    /** A lane is a query and a head: query {@code lane / heads}, head {@code lane % heads}. */
    private static void latentLanes(
            Tensor q,
            AttentionShape shape,
            LatentSpan span,
            int from,
            int to,
            Tensor out,
            Scratch scratch) {
        int heads = shape.heads();
        int keyDim = shape.keyDim();
        int hidden = span.keyCount() - span.queryCount();
        int keyCount = hidden + (to - 1) / heads + 1; // what the last lane sees
        Work work = new Work(scratch, shape, keyCount);
        Tensor latents = span.latents().pool();
        for (int j = 0; j < keyCount; j++) {
            Rows.read(latents, span.latents().poolRow(j), 0, keyDim, work.keys, j * keyDim);
        }
        panels(work.keys, keyDim, keyCount, shape.valueDim(), work.values);
        for (int group = from; group < to; group += PANEL) {
            int lanes = Math.min(PANEL, to - group);
            for (int lane = 0; lane < lanes; lane++) {
                int query = (group + lane) / heads;
                int head = (group + lane) % heads;
                Rows.read(
                        q,
                        span.queryRow() + query,
                        head * keyDim,
                        keyDim,
                        work.rows,
                        lane * keyDim);
                work.visible[lane] = hidden + query + 1;
            }
            work.run(lanes);
            for (int lane = 0; lane < lanes; lane++) {
                int query = (group + lane) / heads;
                int head = (group + lane) % heads;
                work.write(lane, out, span.queryRow() + query, head * shape.valueDim());
            }
        }
    }

    private static void panels(float[] from, int stride, int rows, int width, float[] to) {
        for (int c = 0; c < width; c += PANEL) {
            int count = Math.min(PANEL, width - c);
            for (int j = 0; j < rows; j++) {
                int target = c * rows + j * PANEL;
                System.arraycopy(from, j * stride + c, to, target, count);
                Arrays.fill(to, target + count, target + PANEL, 0);
            }
        }
    }

    /** Arrays of one worker for one head. */
    private static final class Work {
        final float[] keys; // [keys][keyDim]
        final float[] values; // panels of [keys][PANEL]
        final float[] rows; // queries, [PANEL][keyDim]
        final int[] visible = new int[PANEL]; // keys that a lane sees
        private final AttentionShape shape;
        private final int keyCount;
        private final float[] queries; // [keyDim][PANEL]
        private final float[] scores; // [keys][PANEL]
        final float[] result; // [PANEL][stride]
        final int stride;
        private final float[] largest = new float[PANEL];
        private final float[] sums = new float[PANEL];

        Work(Scratch scratch, AttentionShape shape, int keyCount) {
            this.shape = shape;
            this.keyCount = keyCount;
            stride = Tile.padded(shape.valueDim());
            keys = scratch.floats(0, keyCount * shape.keyDim());
            values = scratch.floats(1, keyCount * stride);
            rows = scratch.floats(2, PANEL * shape.keyDim());
            queries = scratch.floats(3, PANEL * shape.keyDim());
            scores = scratch.floats(4, keyCount * PANEL);
            result = scratch.floats(5, PANEL * stride);
        }

        /** Attention of the first {@code lanes} rows to {@link #result}; the last one sees most. */
        void run(int lanes) {
            int keyDim = shape.keyDim();
            int count = visible[lanes - 1];
            Rows.turn(rows, keyDim, lanes, keyDim, shape.scale(), queries);
            AttentionTile.scores(keys, keyDim, keyDim, queries, count, lanes, visible, scores);
            AttentionTile.exponentials(scores, count, lanes, largest, sums);
            Arrays.fill(result, 0, PANEL * stride, 0);
            AttentionTile.weigh(
                    scores, count, values, keyCount, shape.valueDim(), lanes, result, stride);
            for (int lane = 0; lane < lanes; lane++) {
                float inverse = 1 / sums[lane];
                for (int c = 0; c < stride; c++) {
                    result[lane * stride + c] *= inverse;
                }
            }
        }

        /** Writes the result of a lane. */
        void write(int lane, Tensor out, int row, int column) {
            Rows.write(result, lane * stride, shape.valueDim(), out, row, column);
        }

        float logSumExp(int lane) {
            return (float) (largest[lane] + Math.log(sums[lane]));
        }
    }
}
