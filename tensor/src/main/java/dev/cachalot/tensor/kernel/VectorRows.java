package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;

/** Rows copied, added and moved. Sums over rows are split by columns. */
final class VectorRows {
    private static final int COLUMNS = 64; // a chunk of columns is a multiple: whole cache lines

    private final WorkerPool pool;
    private final Scratch[] scratches;

    VectorRows(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
    }

    void embed(Tensor table, int[] ids, Tensor out) {
        if (table.dtype() == DType.F32) {
            gather(table, ids, out);
            return;
        }
        int width = table.width();
        Split.over(
                pool,
                ids.length,
                4L * width,
                (from, to, worker) -> {
                    float[] row = scratches[worker].floats(0, width);
                    for (int t = from; t < to; t++) {
                        BlockFormat.decode(
                                table.dtype(),
                                table.segment(),
                                ids[t] * table.rowBytes(),
                                width,
                                row,
                                0);
                        Rows.write(row, 0, width, out, t, 0);
                    }
                });
    }

    void add(Tensor x, Tensor y) {
        int width = x.width();
        Split.over(
                pool,
                x.rows(),
                width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        Runs.add(
                                x.segment(),
                                t * x.rowBytes(),
                                y.segment(),
                                t * y.rowBytes(),
                                width);
                    }
                });
    }

    void addRow(Tensor row, Tensor y) {
        Split.over(
                pool,
                y.rows(),
                y.width(),
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        Runs.add(row.segment(), 0, y.segment(), t * y.rowBytes(), y.width());
                    }
                });
    }

    void copy(Tensor x, Tensor y) {
        int width = x.width();
        Split.over(
                pool,
                x.rows(),
                width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        Runs.copy(
                                x.segment(),
                                t * x.rowBytes(),
                                y.segment(),
                                t * y.rowBytes(),
                                width);
                    }
                });
    }

    void scale(Tensor x, float factor) {
        int width = x.width();
        Split.over(
                pool,
                x.rows(),
                width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        long at = t * x.rowBytes();
                        Runs.scaled(factor, x.segment(), at, x.segment(), at, width);
                    }
                });
    }

    void gather(Tensor x, int[] rows, Tensor out) {
        int width = x.width();
        Split.over(
                pool,
                rows.length,
                width,
                (from, to, _) -> {
                    for (int i = from; i < to; i++) {
                        Runs.copy(
                                x.segment(),
                                rows[i] * x.rowBytes(),
                                out.segment(),
                                i * out.rowBytes(),
                                width);
                    }
                });
    }

    void scatterAdd(Tensor x, int[] rows, Tensor out) {
        Split.over(
                pool,
                x.width(),
                rows.length,
                COLUMNS,
                (from, to, _) -> {
                    for (int i = 0; i < rows.length; i++) {
                        Runs.add(
                                x.segment(),
                                i * x.rowBytes() + 4L * from,
                                out.segment(),
                                rows[i] * out.rowBytes() + 4L * from,
                                to - from);
                    }
                });
    }

    void copyHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        Split.over(
                pool,
                source.rows(),
                2L * heads * width,
                (first, last, _) -> {
                    for (int t = first; t < last; t++) {
                        for (int h = 0; h < heads; h++) {
                            Runs.copy(
                                    source.segment(),
                                    at(source, t, from, h),
                                    target.segment(),
                                    at(target, t, to, h),
                                    width);
                        }
                    }
                });
    }

    void addHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        Split.over(
                pool,
                source.rows(),
                2L * heads * width,
                (first, last, _) -> {
                    for (int t = first; t < last; t++) {
                        for (int h = 0; h < heads; h++) {
                            Runs.add(
                                    source.segment(),
                                    at(source, t, from, h),
                                    target.segment(),
                                    at(target, t, to, h),
                                    width);
                        }
                    }
                });
    }

    /** Byte offset of head {@code h} in row {@code t}. */
    static long at(Tensor tensor, int t, HeadColumns columns, int h) {
        return t * tensor.rowBytes() + 4L * (columns.offset() + h * columns.stride());
    }

    void store(Tensor x, PagedRows target, int first) {
        Tensor cache = target.pool();
        for (int i = 0; i < x.rows(); i++) {
            Runs.copy(
                    x.segment(),
                    i * x.rowBytes(),
                    cache.segment(),
                    target.poolRow(first + i) * cache.rowBytes(),
                    x.width());
        }
    }

    void load(PagedRows source, Tensor out) {
        Tensor cache = source.pool();
        for (int i = 0; i < out.rows(); i++) {
            Runs.copy(
                    cache.segment(),
                    source.poolRow(i) * cache.rowBytes(),
                    out.segment(),
                    i * out.rowBytes(),
                    out.width());
        }
    }
}
