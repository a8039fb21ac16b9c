package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.PromptBlock.KEYS;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.assembly.CpuFeatures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Attention of prompts by BF16 products: blocks of {@value PromptBlock#KEYS} keys go by, and each
 * query keeps a running softmax (Dao et al., arXiv 2205.14135). Keys of latents are expanded block
 * by block, so memory does not grow with the context.
 *
 * <p>Blocks start at fixed positions of the sequence and a row's sums go over keys ascending: a
 * row's bits depend on its query and the keys it sees, not on its company nor on threads.
 */
final class PromptAttention {
    private static final int WIDEST = 1024; // numbers of a key or value
    private static final int LANES = Bf16Kernel.LANES;

    private final WorkerPool pool;
    private final PromptBlock[] workers;
    private final PromptState state = new PromptState();
    private MemorySegment expanded = MemorySegment.NULL; // keys and values of a block, all heads
    private MemorySegment latents = MemorySegment.NULL; // of a block

    PromptAttention(WorkerPool pool) {
        this.pool = pool;
        workers = new PromptBlock[pool.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new PromptBlock();
        }
    }

    /** Whether this CPU has the instructions, and the routines know the sizes. */
    static boolean fits(AttentionShape shape, Tensor q, Tensor out) {
        return CpuFeatures.detect().avx512bf16()
                && q.segment().isNative()
                && out.segment().isNative()
                && shape.keyDim() % LANES == 0
                && shape.valueDim() % LANES == 0
                && shape.keyDim() <= WIDEST
                && shape.valueDim() <= WIDEST
                && shape.scale() > 0;
    }

    /** Whether keys that {@code up} expands can be laid in panels. */
    static boolean fits(AttentionShape shape, Weight up) {
        return ownDim(shape, up) % LANES == 0;
    }

    /** Whether rows of a sequence lie side by side in runs that panels can be made of. */
    static boolean fits(PagedRows rows) {
        int blockSize = rows.blockSize();
        boolean even = blockSize % LANES == 0 && (KEYS % blockSize == 0 || blockSize % KEYS == 0);
        return even && rows.pool().segment().isNative();
    }

    /** Whether latents are memory that the routines reach. */
    static boolean areNative(List<LatentSpan> spans) {
        return spans.stream().allMatch(span -> span.latents().pool().segment().isNative());
    }

    /** Numbers of a key that a head has to itself. */
    private static int ownDim(AttentionShape shape, Weight up) {
        return up.outputs() / shape.heads() - shape.valueDim();
    }

    /** A piece of a head's rows. */
    private interface Body {
        void run(int head, int piece, PromptBlock worker);
    }

    private void start(Tensor q, AttentionShape shape, int queryRow, int queries, int keyCount) {
        int wanted = 2 * pool.threads();
        int heads = shape.kvHeads();
        int pieces = heads >= wanted ? 1 : (2 * wanted + heads - 1) / heads;
        state.reserve(shape, queries, keyCount - queries, pieces);
        for (PromptBlock worker : workers) {
            worker.reserve(shape);
        }
        run(0, (head, piece, _) -> state.start(head, piece, q, queryRow));
    }

    /** All pieces with a row that sees key {@code at}, the longest first. */
    private void run(int at, Body body) {
        int heads = state.shape().kvHeads();
        int seeing = state.firstSeeing(at);
        int first = 0;
        while (first < state.pieces() - 1 && state.from(first + 1) <= seeing) {
            first++;
        }
        int last = state.pieces() - 1;
        pool.run(
                heads * (last - first + 1),
                (task, worker) -> body.run(task % heads, last - task / heads, workers[worker]));
    }

    /** Attention over paged keys and values. */
    void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        for (PagedSpan span : spans) {
            if (span.queryCount() == 0) {
                continue;
            }
            start(q, shape, span.queryRow(), span.queryCount(), span.keyCount());
            run(
                    0,
                    (head, piece, worker) -> {
                        int seen = state.visible(state.from(piece + 1) - 1);
                        for (int at = 0; at < seen; at += KEYS) {
                            int count = Math.min(KEYS, seen - at);
                            lay(span, shape, head, at, count, worker);
                            worker.see(state, head, piece, at, count);
                        }
                        state.finish(head, piece, out, span.queryRow(), worker.factor);
                    });
        }
    }

    private static void lay(
            PagedSpan span, AttentionShape shape, int head, int at, int count, PromptBlock worker) {
        PagedRows keys = span.keys();
        int side = Math.min(KEYS, keys.blockSize());
        long column = 4L * head * shape.keyDim();
        for (int from = 0; from < count; from += side) {
            long floats = address(keys, at + from) + column;
            int run = Math.min(side, count - from);
            worker.layKeys(floats, keys.pool().rowBytes(), from, run, 0, shape.keyDim());
        }
        PagedRows values = span.values();
        side = Math.min(KEYS, values.blockSize());
        column = 4L * head * shape.valueDim();
        for (int from = 0; from < count; from += side) {
            long floats = address(values, at + from) + column;
            worker.layValues(floats, values.pool().rowBytes(), from, Math.min(side, count - from));
        }
        worker.endValues(count);
    }

    private static long address(PagedRows rows, int position) {
        return rows.pool().segment().address() + rows.poolRow(position) * rows.pool().rowBytes();
    }

    /**
     * Attention over latents: {@code up} gives each head's own part of a key, and its value; the
     * shared part lies behind the latent.
     */
    void attendExpanded(
            Kernels kernels,
            Tensor q,
            Weight up,
            AttentionShape shape,
            List<LatentSpan> spans,
            Tensor out) {
        int rank = up.inputs();
        int width = rank + shape.keyDim() - ownDim(shape, up);
        expanded = reserve(expanded, 4L * KEYS * up.outputs());
        latents = reserve(latents, 4L * KEYS * width);
        Tensor rows = Tensor.view(DType.F32, Shape.of(KEYS, width), latents); // [KEYS, C + R]
        Tensor heads = Tensor.view(DType.F32, Shape.of(KEYS, up.outputs()), expanded);
        for (LatentSpan span : spans) {
            if (span.queryCount() == 0) {
                continue;
            }
            start(q, shape, span.queryRow(), span.queryCount(), span.keyCount());
            for (int at = 0; at < span.keyCount(); at += KEYS) {
                int first = at;
                int count = Math.min(KEYS, span.keyCount() - at);
                read(span.latents(), at, count, width);
                kernels.multiply(rows.slice(0, count).columns(0, rank), up, heads.slice(0, count));
                run(
                        at,
                        (head, piece, worker) -> {
                            layExpanded(shape, up, head, count, worker);
                            worker.see(state, head, piece, first, count);
                        });
            }
            run(
                    0,
                    (head, piece, worker) ->
                            state.finish(head, piece, out, span.queryRow(), worker.factor));
        }
    }

    private void layExpanded(
            AttentionShape shape, Weight up, int head, int count, PromptBlock worker) {
        int own = ownDim(shape, up);
        int shared = shape.keyDim() - own;
        long stride = 4L * up.outputs();
        long floats = expanded.address() + 4L * head * (own + shape.valueDim());
        if (own > 0) {
            worker.layKeys(floats, stride, 0, count, 0, own);
        }
        if (shared > 0) {
            long behind = latents.address() + 4L * up.inputs();
            worker.layKeys(behind, 4L * (up.inputs() + shared), 0, count, own, shared);
        }
        worker.layValues(floats + 4L * own, stride, 0, count);
        worker.endValues(count);
    }

    private static MemorySegment reserve(MemorySegment memory, long bytes) {
        return memory.byteSize() >= bytes ? memory : Arena.ofAuto().allocate(bytes, 64);
    }

    /** Copies a block of latents from their pages, as floats. */
    private void read(PagedRows source, int at, int count, int width) {
        boolean isRounded = source.pool().dtype() == DType.BF16;
        long rowBytes = source.pool().rowBytes();
        pool.run(
                (count + LANES - 1) / LANES,
                (task, _) -> {
                    int from = task * LANES;
                    int to = Math.min(count, from + LANES);
                    long floats = 4L * width;
                    if (isRounded) {
                        MemorySegment rows = latents.asSlice(from * floats);
                        LatentRows.load(source, at + from, to - from, rows, floats);
                        return;
                    }
                    for (int row = from; row < to; row++) {
                        MemorySegment.copy(
                                source.pool().segment(),
                                source.poolRow(at + row) * rowBytes,
                                latents,
                                row * floats,
                                floats);
                    }
                });
    }
}
