package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.LatentKernel.KEYS;
import static dev.cachalot.tensor.kernel.LatentKernel.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.kernel.LatentKernel.Field;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Absorbed attention of few queries over latents that are kept in BF16. A lane is a query and a
 * head; segments of the latents, from fixed positions on, are seen each on its own and joined in
 * their order, so that threads share one sequence.
 *
 * <p>A lane's bits depend on its query and the latents it sees, not on its company, nor on threads,
 * nor on where the blocks of the cache lie.
 */
final class LatentAttention {
    private static final int SEGMENT = 1024; // latents

    /** The first segment is cut in steps, so that threads share a short context too. */
    private static final int FIRST_SEGMENTS = SEGMENT / KEYS;

    private static final long JOIN_COST = 16; // of a number, in multiply-adds of products
    private static final int GROUPS = 8; // of lanes that see a step's latents one after another

    private final WorkerPool pool;
    private final Worker[] workers;
    private final Units units = new Units(); // of the call at hand
    private MemorySegment queries = MemorySegment.NULL; // panels, a group of lanes each
    private MemorySegment few = MemorySegment.NULL; // lanes of a group that is not full
    private MemorySegment parts = MemorySegment.NULL; // what groups have seen of segments

    LatentAttention(WorkerPool pool) {
        this.pool = pool;
        workers = new Worker[pool.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker();
        }
    }

    /** Whether this CPU has the instructions, and the routines know the sizes. */
    static boolean fits(AttentionShape shape) {
        return CpuFeatures.detect().avx512bf16() && LatentKernel.fits(shape);
    }

    /** As above, and whether they reach the memory. */
    static boolean fits(AttentionShape shape, Tensor q, List<LatentSpan> spans, Tensor out) {
        return fits(shape)
                && q.segment().isNative()
                && out.segment().isNative()
                && PromptAttention.areNative(spans)
                && spans.stream().allMatch(span -> span.latents().pool().isContiguous());
    }

    /** Memory of one thread. */
    private static final class Worker {
        private final Arena arena = Arena.ofAuto();
        final MemorySegment fields = arena.allocate(Field.BYTES, 64);
        final MemorySegment pairs = arena.allocate(8L * KEYS, 64);
        final MemorySegment scores = arena.allocate(4L * KEYS * LANES, 64);
        final MemorySegment weights = arena.allocate(2L * KEYS * LANES, 64);
        final MemorySegment visible = arena.allocate(4L * LANES, 64);
        final MemorySegment factor = arena.allocate(4, 64);
        private MemorySegment moved = MemorySegment.NULL; // pairs that do not lie side by side

        Worker() {
            set(Field.PAIRS, pairs.address());
            set(Field.SCORES, scores.address());
            set(Field.WEIGHTS, weights.address());
            set(Field.VISIBLE, visible.address());
        }

        void set(Field field, long value) {
            fields.set(JAVA_LONG, field.at(), value);
        }

        /** Where the pairs of a step lie, and after them those of the next one. */
        void place(PagedRows latents, int at, int count, int next) {
            int here = (count + 1) / 2;
            long rowBytes = latents.pool().rowBytes();
            for (int pair = 0; pair < here; pair++) {
                int first = at + 2 * pair;
                long row = latents.poolRow(first);
                boolean isWhole = 2 * pair + 1 < count && latents.poolRow(first + 1) == row + 1;
                long place =
                        isWhole
                                ? latents.pool().segment().address() + row * rowBytes
                                : moved(latents, pair, first, 2 * pair + 1 < count);
                pairs.setAtIndex(JAVA_LONG, pair, place);
            }
            for (int pair = here; pair % (LatentKernel.TILE / 2) != 0; pair++) {
                pairs.setAtIndex(JAVA_LONG, pair, pairs.get(JAVA_LONG, 0)); // nobody's
            }
            for (int pair = 0; pair < KEYS / 2; pair++) {
                long row = 2 * pair < next ? latents.poolRow(at + count + 2 * pair) : -1;
                long place = row < 0 ? 0 : latents.pool().segment().address() + row * rowBytes;
                pairs.setAtIndex(JAVA_LONG, KEYS / 2 + pair, place);
            }
        }

        /** Copies a pair; a row of zeros is the second one of an odd last one. */
        private long moved(PagedRows latents, int pair, int first, boolean both) {
            long rowBytes = latents.pool().rowBytes();
            if (moved.byteSize() < KEYS * rowBytes) {
                moved = Arena.ofAuto().allocate(KEYS * rowBytes, 64);
            }
            MemorySegment pool = latents.pool().segment();
            MemorySegment two = moved.asSlice(2L * pair * rowBytes, 2 * rowBytes);
            MemorySegment.copy(pool, latents.poolRow(first) * rowBytes, two, 0, rowBytes);
            if (both) {
                long from = latents.poolRow(first + 1) * rowBytes;
                MemorySegment.copy(pool, from, two, rowBytes, rowBytes);
            } else {
                two.asSlice(rowBytes).fill((byte) 0);
            }
            return two.address();
        }
    }

    /** A span's lanes in groups, and its latents in segments. */
    private record Work(LatentSpan span, AttentionShape shape, int firstGroup, int firstPart) {
        int lanes() {
            return span.queryCount() * shape.heads();
        }

        int groups() {
            return (lanes() + LANES - 1) / LANES;
        }

        /** Latents that a lane sees. */
        int visible(int lane) {
            return span.keyCount() - span.queryCount() + lane / shape.heads() + 1;
        }

        int segments() {
            int keys = span.keyCount();
            return keys <= SEGMENT
                    ? (keys + KEYS - 1) / KEYS
                    : FIRST_SEGMENTS + (keys - 1) / SEGMENT;
        }

        /** The first latent of a segment; the end for the number of segments. */
        int from(int segment) {
            int start =
                    segment <= FIRST_SEGMENTS
                            ? segment * KEYS
                            : (segment - FIRST_SEGMENTS + 1) * SEGMENT;
            return Math.min(start, span.keyCount());
        }

        int part(int segment, int group) {
            return firstPart + segment * groups() + group;
        }
    }

    /** As {@code Kernels.attendLatent}, for pools in BF16. */
    void attend(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        Work[] works = new Work[spans.size()];
        int groups = 0;
        int partCount = 0;
        for (int i = 0; i < works.length; i++) {
            works[i] = new Work(spans.get(i), shape, groups, partCount);
            groups += works[i].groups();
            partCount += works[i].groups() * works[i].segments();
        }
        queries = reserve(queries, groups * queryBytes(shape));
        parts = reserve(parts, partCount * partBytes(shape));
        units.clear();
        for (int i = 0; i < works.length; i++) {
            layQueries(works[i], q);
            cut(i, works[i]);
        }
        MemorySegment code = Routines.latents(shape);
        units.run(
                pool,
                (i, segment, _, from, to, worker) ->
                        see(works[i], segment, from, to, code, workers[worker]));
        units.clear();
        for (int i = 0; i < works.length; i++) {
            long cost = JOIN_COST * works[i].segments() * shape.valueDim();
            for (int lane = 0; lane < works[i].lanes(); lane++) {
                units.add(i, lane, 0, 0, 0, cost);
            }
        }
        units.run(
                pool,
                (i, lane, _, _, _, worker) -> join(works[i], lane, out, workers[worker].factor));
    }

    private static MemorySegment reserve(MemorySegment memory, long bytes) {
        return memory.byteSize() >= bytes ? memory : Arena.ofAuto().allocate(bytes, 64);
    }

    private static long queryBytes(AttentionShape shape) {
        return 2L * LANES * shape.keyDim();
    }

    private static long partBytes(AttentionShape shape) {
        return LatentKernel.STATE_BYTES + 4L * LANES * shape.valueDim();
    }

    /**
     * Tasks of a segment and several groups; of one where the threads would have nothing to do. The
     * long segments come first, so that no thread is left with one at the end.
     */
    private void cut(int job, Work work) {
        int segments = work.segments();
        int most = segments >= 2 * pool.threads() ? GROUPS : 1;
        AttentionShape shape = work.shape();
        long depth = LANES * (shape.keyDim() + (long) shape.valueDim());
        for (int segment = segments - 1; segment >= 0; segment--) {
            int keys = work.from(segment + 1) - work.from(segment);
            for (int group = 0; group < work.groups(); group += most) {
                int to = Math.min(work.groups(), group + most);
                units.add(job, segment, segment + 1, group, to, (to - group) * depth * keys);
            }
        }
    }

    /** Rounds the queries of each group of lanes and lays pairs of their numbers side by side. */
    private void layQueries(Work work, Tensor q) {
        AttentionShape shape = work.shape();
        long laneBytes = 4L * shape.keyDim();
        for (int group = 0; group < work.groups(); group++) {
            int first = group * LANES;
            int count = Math.min(LANES, work.lanes() - first);
            boolean isOne = q.rowBytes() == shape.heads() * laneBytes; // run of memory
            long source = lane(work, first, q, laneBytes);
            if (count < LANES || !isOne) {
                few = reserve(few, LANES * laneBytes);
                few.asSlice(0, LANES * laneBytes).fill((byte) 0);
                for (int i = 0; i < count; i++) {
                    long from = lane(work, first + i, q, laneBytes) - q.segment().address();
                    MemorySegment.copy(q.segment(), from, few, i * laneBytes, laneBytes);
                }
                source = few.address();
            }
            long panel = queries.address() + (work.firstGroup() + group) * queryBytes(shape);
            Routines.call(
                    Routines.bf16Columns(), source, laneBytes, panel, 0, 1, shape.keyDim() / 8L);
        }
    }

    /** Address of a lane's numbers of q or out. */
    private static long lane(Work work, int lane, Tensor of, long laneBytes) {
        int heads = work.shape().heads();
        long row = (long) work.span().queryRow() + lane / heads;
        return of.segment().address() + row * of.rowBytes() + lane % heads * laneBytes;
    }

    private void see(Work work, int segment, int from, int to, MemorySegment code, Worker worker) {
        AttentionShape shape = work.shape();
        for (int group = from; group < to; group++) {
            start(part(work, segment, group));
        }
        worker.set(Field.SCALE, Float.floatToRawIntBits(shape.scale()));
        PagedRows latents = work.span().latents();
        int end = work.from(segment + 1);
        for (int at = work.from(segment); at < end; at += KEYS) {
            int count = Math.min(KEYS, end - at);
            worker.place(latents, at, count, Math.min(KEYS, end - at - count));
            for (int group = from; group < to; group++) {
                int first = group * LANES;
                int last = Math.min(work.lanes(), first + LANES) - 1;
                int some = Math.min(count, work.visible(last) - at);
                if (some <= 0) {
                    continue;
                }
                for (int i = 0; i < LANES; i++) {
                    int lane = first + i;
                    int visible = lane <= last ? Math.min(some, work.visible(lane) - at) : 0;
                    worker.visible.setAtIndex(JAVA_INT, i, visible);
                }
                MemorySegment part = part(work, segment, group);
                long panel = queries.address() + (work.firstGroup() + group) * queryBytes(shape);
                worker.set(Field.QUERIES, panel);
                worker.set(Field.TILES, (some + LatentKernel.TILE - 1) / LatentKernel.TILE);
                worker.set(Field.COUNT, (some + 1) / 2);
                worker.set(Field.STATE, part.address());
                worker.set(Field.SUMS, part.address() + LatentKernel.STATE_BYTES);
                Routines.call(code, worker.fields.address(), 0, 0, 0, 0, 0);
            }
        }
    }

    private MemorySegment part(Work work, int segment, int group) {
        long bytes = partBytes(work.shape());
        return parts.asSlice(work.part(segment, group) * bytes, bytes);
    }

    private static void start(MemorySegment part) {
        part.fill((byte) 0);
        for (int i = 0; i < LANES; i++) {
            part.setAtIndex(JAVA_FLOAT, i, LatentKernel.NOTHING);
        }
    }

    /** Writes what a lane has seen, segment after segment. */
    private void join(Work work, int lane, Tensor out, MemorySegment factor) {
        int valueDim = work.shape().valueDim();
        int group = lane / LANES;
        int i = lane % LANES;
        float most = LatentKernel.NOTHING;
        for (int segment = 0; segment < work.segments(); segment++) {
            most = Math.max(most, largest(part(work, segment, group), i));
        }
        float sum = 0;
        for (int segment = 0; segment < work.segments(); segment++) {
            MemorySegment part = part(work, segment, group);
            sum += weights(part, i) * worth(part, i, most);
        }
        for (int segment = 0; segment < work.segments(); segment++) {
            MemorySegment part = part(work, segment, group);
            factor.set(JAVA_FLOAT, 0, worth(part, i, most) / sum);
            Routines.call(
                    segment == 0 ? Routines.move() : Routines.add(),
                    part.address() + LatentKernel.STATE_BYTES + 64L * i,
                    lane(work, lane, out, 4L * valueDim),
                    valueDim / 16,
                    64L * LANES,
                    64,
                    factor.address());
        }
    }

    private static float largest(MemorySegment part, int lane) {
        return part.getAtIndex(JAVA_FLOAT, lane);
    }

    private static float weights(MemorySegment part, int lane) {
        return part.get(JAVA_FLOAT, LatentKernel.WEIGHTS_AT + 4L * lane);
    }

    /** What sums of a segment count, as their weights are relative to its largest score. */
    private static float worth(MemorySegment part, int lane, float most) {
        float largest = largest(part, lane);
        return largest == most ? 1 : (float) Math.exp(largest - most);
    }
}
