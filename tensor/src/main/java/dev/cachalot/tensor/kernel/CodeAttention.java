package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.AttendKernel.BLOCK;
import static dev.cachalot.tensor.kernel.AttendKernel.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.kernel.AttendKernel.Field;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Attention by machine code, over keys and values where they lie. A lane is a query and a head; the
 * lanes of a task see the same key head. Keys go by in blocks that start at fixed positions of the
 * sequence, so a lane's bits do not depend on its company.
 */
final class CodeAttention {
    private static final int GROUPS = 8; // of lanes that see a block of keys one after another
    private static final int WIDEST = 8192; // numbers of a key or value

    private final WorkerPool pool;
    private final Worker[] workers;

    CodeAttention(WorkerPool pool) {
        this.pool = pool;
        workers = new Worker[pool.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker();
        }
    }

    /** Whether the routines know the sizes and reach the memory. */
    static boolean fits(AttentionShape shape, Tensor... tensors) {
        for (Tensor tensor : tensors) {
            if (!tensor.segment().isNative()) {
                return false;
            }
        }
        return shape.keyDim() % 16 == 0
                && shape.valueDim() % 32 == 0
                && shape.keyDim() <= WIDEST
                && shape.valueDim() <= WIDEST;
    }

    /** Memory of one worker; groups of lanes one after another. */
    private static final class Worker {
        private final Arena arena = Arena.ofAuto();
        final MemorySegment fields = arena.allocate(Field.BYTES, 64);
        final MemorySegment scores = arena.allocate(4L * BLOCK * LANES, 64);
        final MemorySegment visible = arena.allocate(64, 64);
        final MemorySegment state = arena.allocate((long) GROUPS * AttendKernel.STATE_BYTES, 64);
        final MemorySegment factor = arena.allocate(4, 64);
        final int[] counts = new int[GROUPS * LANES]; // keys that a lane sees
        MemorySegment queries = MemorySegment.NULL;
        MemorySegment sums = MemorySegment.NULL;

        void reserve(AttentionShape shape) {
            long keys = 4L * GROUPS * LANES * shape.keyDim();
            long values = 4L * GROUPS * LANES * shape.valueDim();
            if (queries.byteSize() < keys) {
                queries = Arena.ofAuto().allocate(keys, 64);
            }
            if (sums.byteSize() < values) {
                sums = Arena.ofAuto().allocate(values, 64);
            }
        }

        void set(Field field, long value) {
            fields.set(JAVA_LONG, field.at(), value);
        }
    }

    /** Where the keys and values of a task lie. */
    private interface Place {
        /** Keys that lie side by side from a position that is a multiple of it. */
        int side();

        long keys(int position);

        long values(int position);
    }

    private record Rows(Tensor pool, @Nullable PagedRows pages, int first, long column) {
        long at(int position) {
            long row = pages == null ? first + position : pages.poolRow(position);
            return pool.segment().address() + row * pool.rowBytes() + column;
        }
    }

    private record TwoRows(Rows keyRows, Rows valueRows, int side) implements Place {
        @Override
        public long keys(int position) {
            return keyRows.at(position);
        }

        @Override
        public long values(int position) {
            return valueRows.at(position);
        }
    }

    /**
     * Lanes of one key head: lane i is query {@code i / heads} of the span and head {@code
     * firstHead + i % heads}.
     */
    private record Lanes(
            Tensor q,
            Tensor out,
            @Nullable Tensor logSumExp,
            AttentionShape shape,
            int queryRow,
            int heads,
            int firstHead,
            int hidden) {
        int row(int lane) {
            return queryRow + lane / heads;
        }

        int head(int lane) {
            return firstHead + lane % heads;
        }

        int visible(int lane) {
            return hidden + lane / heads + 1;
        }
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
            for (int h = 0; h < shape.heads(); h++) {
                cut(units, i, h, span.queryCount(), span.keyCount(), shape, spans.size());
            }
        }
        units.run(
                pool,
                (i, from, to, h, _, worker) -> {
                    AttentionSpan span = spans.get(i);
                    int kvHead = h / (shape.heads() / shape.kvHeads());
                    Place place =
                            new TwoRows(
                                    new Rows(k, null, span.keyRow(), 4L * kvHead * shape.keyDim()),
                                    new Rows(
                                            v, null, span.keyRow(), 4L * kvHead * shape.valueDim()),
                                    BLOCK);
                    int hidden = span.keyCount() - span.queryCount();
                    Lanes lanes =
                            new Lanes(q, out, logSumExp, shape, span.queryRow(), 1, h, hidden);
                    run(lanes, from, to, place, k.rowBytes(), v.rowBytes(), workers[worker]);
                });
    }

    void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        Units units = new Units();
        for (int i = 0; i < spans.size(); i++) {
            LatentSpan span = spans.get(i);
            int lanes = span.queryCount() * shape.heads();
            cut(units, i, 0, lanes, span.keyCount(), shape, spans.size());
        }
        units.run(
                pool,
                (i, from, to, _, _, worker) -> {
                    LatentSpan span = spans.get(i);
                    PagedRows latents = span.latents();
                    Rows rows = new Rows(latents.pool(), latents, 0, 0);
                    Place place = new TwoRows(rows, rows, side(latents.blockSize()));
                    int hidden = span.keyCount() - span.queryCount();
                    Lanes lanes =
                            new Lanes(
                                    q, out, null, shape, span.queryRow(), shape.heads(), 0, hidden);
                    long stride = latents.pool().rowBytes();
                    run(lanes, from, to, place, stride, stride, workers[worker]);
                });
    }

    void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        int group = shape.heads() / shape.kvHeads();
        Units units = new Units();
        for (int i = 0; i < spans.size(); i++) {
            PagedSpan span = spans.get(i);
            for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
                int lanes = span.queryCount() * group;
                cut(units, i, kvHead, lanes, span.keyCount(), shape, spans.size());
            }
        }
        units.run(
                pool,
                (i, from, to, kvHead, _, worker) -> {
                    PagedSpan span = spans.get(i);
                    PagedRows keys = span.keys();
                    PagedRows values = span.values();
                    Place place =
                            new TwoRows(
                                    new Rows(keys.pool(), keys, 0, 4L * kvHead * shape.keyDim()),
                                    new Rows(
                                            values.pool(),
                                            values,
                                            0,
                                            4L * kvHead * shape.valueDim()),
                                    common(side(keys.blockSize()), side(values.blockSize())));
                    int hidden = span.keyCount() - span.queryCount();
                    Lanes lanes =
                            new Lanes(
                                    q,
                                    out,
                                    null,
                                    shape,
                                    span.queryRow(),
                                    group,
                                    kvHead * group,
                                    hidden);
                    run(
                            lanes,
                            from,
                            to,
                            place,
                            keys.pool().rowBytes(),
                            values.pool().rowBytes(),
                            workers[worker]);
                });
    }

    /** Rows of a block that surely lie side by side from every multiple of it. */
    private static int side(int blockSize) {
        return blockSize <= BLOCK ? blockSize : common(blockSize, BLOCK);
    }

    /** The greatest common divisor. */
    private static int common(int a, int b) {
        return b == 0 ? a : common(b, a % b);
    }

    /** Tasks of up to 64 lanes; fewer where the threads would have nothing to do. */
    private void cut(
            Units units, int job, int head, int lanes, int keys, AttentionShape shape, int spans) {
        int most = GROUPS * LANES;
        int wanted = 2 * pool.threads();
        int each = Math.clamp((lanes + wanted - 1) / wanted, 1, most);
        each = Math.min(most, (each + LANES - 1) / LANES * LANES);
        if (spans >= wanted) {
            each = most;
        }
        for (int from = 0; from < lanes; from += each) {
            int to = Math.min(lanes, from + each);
            long depth = shape.keyDim() + (long) shape.valueDim();
            units.add(job, from, to, head, 0, (to - from) * depth * keys);
        }
    }

    private static void run(
            Lanes lanes,
            int from,
            int to,
            Place place,
            long keyStride,
            long valueStride,
            Worker worker) {
        AttentionShape shape = lanes.shape();
        worker.reserve(shape);
        int groups = (to - from + LANES - 1) / LANES;
        long queryBytes = 4L * LANES * shape.keyDim();
        long sumBytes = 4L * LANES * shape.valueDim();
        worker.sums.asSlice(0, groups * sumBytes).fill((byte) 0);
        worker.factor.set(JAVA_FLOAT, 0, 1);
        for (int g = 0; g < groups; g++) {
            int first = from + g * LANES;
            int count = Math.min(LANES, to - first);
            MemorySegment state =
                    worker.state.asSlice(
                            (long) g * AttendKernel.STATE_BYTES, AttendKernel.STATE_BYTES);
            for (int i = 0; i < 2 * LANES; i++) {
                state.setAtIndex(JAVA_FLOAT, i, Float.NEGATIVE_INFINITY);
                state.setAtIndex(JAVA_FLOAT, 2 * LANES + i, 0);
            }
            for (int lane = 0; lane < count; lane++) {
                worker.counts[g * LANES + lane] = lanes.visible(first + lane);
                long query =
                        lanes.q().segment().address()
                                + lanes.row(first + lane) * lanes.q().rowBytes()
                                + 4L * lanes.head(first + lane) * shape.keyDim();
                Routines.call(
                        Routines.move(),
                        query,
                        worker.queries.address() + g * queryBytes + 64L * lane,
                        shape.keyDim() / 16,
                        64,
                        64L * count,
                        worker.factor.address());
            }
        }
        worker.set(Field.KEY_STRIDE, keyStride);
        worker.set(Field.VALUE_STRIDE, valueStride);
        worker.set(Field.KEY_VECTORS, shape.keyDim() / 16);
        worker.set(Field.VALUE_PAIRS, shape.valueDim() / 32);
        worker.set(Field.SCORES, worker.scores.address());
        worker.set(Field.VISIBLE, worker.visible.address());
        worker.set(Field.SCALE, Float.floatToRawIntBits(shape.scale()));
        int keys = lanes.visible(to - 1);
        for (int at = 0; at < keys; at += place.side()) {
            worker.set(Field.KEYS, place.keys(at));
            worker.set(Field.VALUES, place.values(at));
            for (int g = 0; g < groups; g++) {
                int count = Math.min(LANES, to - from - g * LANES);
                int some = Math.min(place.side(), worker.counts[g * LANES + count - 1] - at);
                if (some <= 0) {
                    continue;
                }
                for (int lane = 0; lane < LANES; lane++) {
                    int visible =
                            lane < count ? Math.min(some, worker.counts[g * LANES + lane] - at) : 0;
                    worker.visible.setAtIndex(JAVA_FLOAT, lane, visible);
                    worker.visible.setAtIndex(JAVA_FLOAT, LANES + lane, visible);
                }
                worker.set(Field.COUNT, some);
                worker.set(Field.QUERIES, worker.queries.address() + g * queryBytes);
                worker.set(Field.OUT, worker.sums.address() + g * sumBytes);
                worker.set(
                        Field.STATE, worker.state.address() + (long) g * AttendKernel.STATE_BYTES);
                Routines.call(Routines.attend(count), worker.fields.address(), 0, 0, 0, 0, 0);
            }
        }
        for (int g = 0; g < groups; g++) {
            int first = from + g * LANES;
            int count = Math.min(LANES, to - first);
            long state = (long) g * AttendKernel.STATE_BYTES;
            for (int lane = 0; lane < count; lane++) {
                float sum = worker.state.get(JAVA_FLOAT, state + AttendKernel.SUMS_AT + 4L * lane);
                worker.factor.set(JAVA_FLOAT, 0, 1 / sum);
                int row = lanes.row(first + lane);
                int head = lanes.head(first + lane);
                long out =
                        lanes.out().segment().address()
                                + row * lanes.out().rowBytes()
                                + 4L * head * shape.valueDim();
                Routines.call(
                        Routines.move(),
                        worker.sums.address() + g * sumBytes + 64L * lane,
                        out,
                        shape.valueDim() / 16,
                        64L * count,
                        64,
                        worker.factor.address());
                Tensor logSumExp = lanes.logSumExp();
                if (logSumExp != null) {
                    float largest = worker.state.get(JAVA_FLOAT, state + 4L * lane);
                    logSumExp.set(row, head, (float) (largest + Math.log(sum)));
                }
            }
        }
    }
}
