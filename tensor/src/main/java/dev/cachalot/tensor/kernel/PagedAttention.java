package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;

/**
 * Attention over paged keys and values. A lane is a query and one of the heads that share a key
 * head, so that a task copies the keys it needs once; a lane's numbers do not depend on the others.
 */
final class PagedAttention {
    private final WorkerPool pool;
    private final Scratch[] scratches;

    PagedAttention(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    void attend(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        int group = shape.heads() / shape.kvHeads();
        long depth = shape.keyDim() + (long) shape.valueDim();
        Units units = new Units();
        for (int i = 0; i < spans.size(); i++) {
            PagedSpan span = spans.get(i);
            int lanes = span.queryCount() * group;
            int tasks = Math.max(1, 2 * pool.threads() / (spans.size() * shape.kvHeads()));
            int each = Tile.padded((lanes + tasks - 1) / tasks);
            for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
                for (int from = 0; from < lanes; from += each) {
                    int to = Math.min(lanes, from + each);
                    units.add(i, from, to, kvHead, 0, (to - from) * depth * span.keyCount());
                }
            }
        }
        units.run(
                pool,
                (i, from, to, kvHead, _, worker) ->
                        lanes(q, shape, spans.get(i), kvHead, from, to, out, scratches[worker]));
    }

    /**
     * Lanes of one key head: query {@code lane / group}, head {@code lane % group} of its group.
     */
    private static void lanes(
            Tensor q,
            AttentionShape shape,
            PagedSpan span,
            int kvHead,
            int from,
            int to,
            Tensor out,
            Scratch scratch) {
        int group = shape.heads() / shape.kvHeads();
        int keyDim = shape.keyDim();
        int hidden = span.keyCount() - span.queryCount();
        int keyCount = hidden + (to - 1) / group + 1; // what the last lane sees
        AttentionWork work = new AttentionWork(scratch, shape, keyCount);
        read(span, shape, kvHead, keyCount, work);
        for (int first = from; first < to; first += PANEL) {
            int lanes = Math.min(PANEL, to - first);
            for (int lane = 0; lane < lanes; lane++) {
                int query = (first + lane) / group;
                int head = kvHead * group + (first + lane) % group;
                int row = span.queryRow() + query;
                Rows.read(q, row, head * keyDim, keyDim, work.rows, lane * keyDim);
                work.visible[lane] = hidden + query + 1;
            }
            work.run(lanes);
            for (int lane = 0; lane < lanes; lane++) {
                int query = (first + lane) / group;
                int head = kvHead * group + (first + lane) % group;
                work.write(lane, out, span.queryRow() + query, head * shape.valueDim());
            }
        }
    }

    /** Copies one head's keys and values, block after block. */
    private static void read(
            PagedSpan span, AttentionShape shape, int kvHead, int keyCount, AttentionWork work) {
        PagedRows keys = span.keys();
        int keyDim = shape.keyDim();
        for (int j = 0; j < keyCount; j++) {
            int column = kvHead * keyDim;
            Rows.read(keys.pool(), keys.poolRow(j), column, keyDim, work.keys, j * keyDim);
        }
        PagedRows values = span.values();
        Tensor pool = values.pool();
        for (int c = 0; c < shape.valueDim(); c += PANEL) {
            int width = Math.min(PANEL, shape.valueDim() - c);
            long column = 4L * (kvHead * shape.valueDim() + c);
            for (int j = 0; j < keyCount; j += values.blockSize()) {
                Rows.toPanel(
                        pool.segment(),
                        values.poolRow(j) * pool.rowBytes() + column,
                        pool.rowBytes(),
                        Math.min(values.blockSize(), keyCount - j),
                        width,
                        work.values,
                        c * keyCount + j * PANEL);
            }
        }
    }
}
