package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import java.util.List;

/** Doors of the attentions and of the rows that they cache. */
final class AttentionChecks {

    static void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {
        Checks.width("q", q, shape.heads() * shape.keyDim());
        Checks.width("k", k, shape.kvHeads() * shape.keyDim());
        Checks.width("v", v, shape.kvHeads() * shape.valueDim());
        Checks.width("out", out, shape.heads() * shape.valueDim());
        Checks.width("logSumExp", logSumExp, shape.heads());
        for (AttentionSpan span : spans) {
            Checks.rows("q", q, span.queryRow(), span.queryCount());
            Checks.rows("out", out, span.queryRow(), span.queryCount());
            Checks.rows("logSumExp", logSumExp, span.queryRow(), span.queryCount());
            Checks.rows("k", k, span.keyRow(), span.keyCount());
            Checks.rows("v", v, span.keyRow(), span.keyCount());
        }
    }

    static void gradients(AttentionInputs in, AttentionGradients gradients) {
        attend(in.q(), in.k(), in.v(), in.shape(), in.spans(), in.out(), in.logSumExp());
        Checks.alike("dOut", gradients.dOut(), "out", in.out());
        Checks.alike("dQ", gradients.dq(), "q", in.q());
        Checks.alike("dK", gradients.dk(), "k", in.k());
        Checks.alike("dV", gradients.dv(), "v", in.v());
    }

    static void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        attendLatent(q, shape, spans, DType.F32, out);
    }

    static void attendLatent(
            Tensor q, AttentionShape shape, List<LatentSpan> spans, DType pool, Tensor out) {
        if (shape.kvHeads() != 1 || shape.valueDim() > shape.keyDim()) {
            throw new IllegalArgumentException(
                    shape + ": latents are one key head, and values the first numbers of its keys");
        }
        latents(q, shape, spans, shape.keyDim(), pool, out);
    }

    static void attendExpanded(
            Tensor q,
            Weight up,
            AttentionShape shape,
            List<LatentSpan> spans,
            DType pool,
            Tensor out) {
        int own = up.outputs() / shape.heads() - shape.valueDim();
        if (up.outputs() % shape.heads() != 0
                || own < 0
                || own > shape.keyDim()
                || shape.kvHeads() != shape.heads()) {
            throw new IllegalArgumentException(
                    shape + ": " + up.outputs() + " numbers are not a key part and a value a head");
        }
        latents(q, shape, spans, up.inputs() + shape.keyDim() - own, pool, out);
    }

    private static void latents(
            Tensor q,
            AttentionShape shape,
            List<LatentSpan> spans,
            int width,
            DType pool,
            Tensor out) {
        Checks.width("q", q, shape.heads() * shape.keyDim());
        Checks.width("out", out, shape.heads() * shape.valueDim());
        for (LatentSpan span : spans) {
            Checks.rows("q", q, span.queryRow(), span.queryCount());
            Checks.rows("out", out, span.queryRow(), span.queryCount());
            Tensor rows = span.latents().pool();
            Checks.dtype("pool of latents", rows, pool);
            Checks.size("pool of latents", rows, rows.rows(), width);
            if (span.keyCount() < span.queryCount()) {
                throw new IllegalArgumentException(
                        span.queryCount()
                                + " queries over "
                                + span.keyCount()
                                + " latents; the queries must be among them");
            }
            paged(span.latents(), 0, span.keyCount());
        }
    }

    static void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        Checks.width("q", q, shape.heads() * shape.keyDim());
        Checks.width("out", out, shape.heads() * shape.valueDim());
        for (PagedSpan span : spans) {
            Checks.rows("q", q, span.queryRow(), span.queryCount());
            Checks.rows("out", out, span.queryRow(), span.queryCount());
            Checks.width("pool of keys", span.keys().pool(), shape.kvHeads() * shape.keyDim());
            Checks.width(
                    "pool of values", span.values().pool(), shape.kvHeads() * shape.valueDim());
            if (span.keyCount() < span.queryCount()) {
                throw new IllegalArgumentException(
                        span.queryCount()
                                + " queries over "
                                + span.keyCount()
                                + " keys; the queries must be among them");
            }
            paged(span.keys(), 0, span.keyCount());
            paged(span.values(), 0, span.keyCount());
        }
    }

    /** Rows {@code first} to {@code first + count} of the sequence must lie in the pool. */
    static void paged(PagedRows rows, int first, int count) {
        int blocks = rows.blockTable().length;
        if (rows.blockSize() <= 0
                || first < 0
                || first > (long) blocks * rows.blockSize() - count) {
            throw new IllegalArgumentException(
                    "rows "
                            + first
                            + "+"
                            + count
                            + " do not lie in a sequence of "
                            + blocks
                            + " blocks of "
                            + rows.blockSize());
        }
        if (count == 0) {
            return;
        }
        int limit = rows.pool().rows() / rows.blockSize();
        for (int i = first / rows.blockSize(); i <= (first + count - 1) / rows.blockSize(); i++) {
            int block = rows.blockTable()[i];
            if (block < 0 || block >= limit) {
                throw new IllegalArgumentException(
                        "block table[" + i + "] is " + block + "; expected 0 to " + (limit - 1));
            }
        }
    }

    static void store(Tensor x, PagedRows target, int first) {
        Checks.floats("pool", target.pool());
        storeRounded(x, target, first);
    }

    /** As above, whatever the pool's type. */
    static void storeRounded(Tensor x, PagedRows target, int first) {
        Checks.width("x", x, target.pool().width());
        paged(target, first, x.rows());
    }

    static void load(PagedRows source, Tensor out) {
        Checks.floats("pool", source.pool());
        loadRounded(source, out);
    }

    /** As above, whatever the pool's type. */
    static void loadRounded(PagedRows source, Tensor out) {
        Checks.width("out", out, source.pool().width());
        paged(source, 0, out.rows());
    }

    private AttentionChecks() {}
}
