package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * Rows of a cache that keeps them in BF16: rounded to the nearest, ties to even, when they are
 * stored. Rows are native memory and a multiple of 16 numbers wide.
 */
final class LatentRows {
    /** Writes rows {@code first ...} of the sequence. */
    static void store(Tensor x, PagedRows target, int first) {
        Tensor pool = target.pool();
        Checks.copied("x", x);
        Checks.copied("pool", pool);
        for (int row = 0; row < x.rows(); ) {
            int run = run(target, first + row, x.rows() - row);
            Routines.call(
                    Routines.bf16Rows(),
                    x.segment().address() + row * x.rowBytes(),
                    x.rowBytes(),
                    pool.segment().address() + target.poolRow(first + row) * pool.rowBytes(),
                    pool.rowBytes(),
                    run,
                    x.width() / Bf16Kernel.LANES);
            row += run;
        }
    }

    /** Reads rows {@code first ...} of the sequence. */
    static void load(PagedRows source, int first, Tensor out) {
        Checks.copied("out", out);
        Checks.copied("pool", source.pool());
        load(source, first, out.rows(), out.segment(), out.rowBytes());
    }

    /** As above, to floats in rows of {@code rowBytes}. */
    static void load(PagedRows source, int first, int count, MemorySegment out, long rowBytes) {
        Tensor pool = source.pool();
        for (int row = 0; row < count; ) {
            int run = run(source, first + row, count - row);
            Routines.call(
                    Routines.bf16Floats(),
                    pool.segment().address() + source.poolRow(first + row) * pool.rowBytes(),
                    pool.rowBytes(),
                    out.address() + row * rowBytes,
                    rowBytes,
                    run,
                    pool.width() / Bf16Kernel.LANES);
            row += run;
        }
    }

    /** Rows from {@code from} on that lie in one block, at most {@code most}. */
    private static int run(PagedRows rows, int from, int most) {
        return Math.min(most, rows.blockSize() - from % rows.blockSize());
    }

    private LatentRows() {}
}
