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
                    AttentionWork work =
                            new AttentionWork(scratches[worker], shape, span.keyCount());
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
        AttentionWork work = new AttentionWork(scratch, shape, keyCount);
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

    static void panels(float[] from, int stride, int rows, int width, float[] to) {
        for (int c = 0; c < width; c += PANEL) {
            int count = Math.min(PANEL, width - c);
            for (int j = 0; j < rows; j++) {
                int target = c * rows + j * PANEL;
                System.arraycopy(from, j * stride + c, to, target, count);
                Arrays.fill(to, target + count, target + PANEL, 0);
            }
        }
    }
}
