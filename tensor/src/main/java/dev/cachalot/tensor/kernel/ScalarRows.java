package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ScalarProducts.addScaled;
import static dev.cachalot.tensor.kernel.ScalarProducts.row;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.Tensor;

/** Rows copied, added and moved. */
final class ScalarRows {

    static void embed(Tensor table, int[] ids, Tensor out) {
        float[] decoded = new float[table.width()];
        for (int t = 0; t < ids.length; t++) {
            long at = ids[t] * table.rowBytes();
            BlockFormat.decode(table.dtype(), table.segment(), at, decoded.length, decoded, 0);
            out.setRow(t, decoded);
        }
    }

    static void add(Tensor x, Tensor y) {
        for (int t = 0; t < x.rows(); t++) {
            addRow(x, t, y, t);
        }
    }

    static void addRow(Tensor row, Tensor y) {
        for (int t = 0; t < y.rows(); t++) {
            addRow(row, 0, y, t);
        }
    }

    private static void addRow(Tensor x, int from, Tensor y, int to) {
        float[] sums = row(y, to);
        addScaled(1, row(x, from), sums); // a factor of one leaves the one rounding of the sum
        y.setRow(to, sums);
    }

    static void copy(Tensor x, Tensor y) {
        for (int t = 0; t < x.rows(); t++) {
            y.setRow(t, row(x, t));
        }
    }

    static void scale(Tensor x, float factor) {
        for (int t = 0; t < x.rows(); t++) {
            float[] row = row(x, t);
            for (int c = 0; c < row.length; c++) {
                row[c] *= factor;
            }
            x.setRow(t, row);
        }
    }

    static void gather(Tensor x, int[] rows, Tensor out) {
        for (int i = 0; i < rows.length; i++) {
            out.setRow(i, row(x, rows[i]));
        }
    }

    static void scatterAdd(Tensor x, int[] rows, Tensor out) {
        for (int i = 0; i < rows.length; i++) {
            addRow(x, i, out, rows[i]);
        }
    }

    static void copyHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        for (int t = 0; t < source.rows(); t++) {
            float[] read = row(source, t);
            float[] written = row(target, t);
            for (int h = 0; h < heads; h++) {
                for (int c = 0; c < width; c++) {
                    written[column(to, h) + c] = read[column(from, h) + c];
                }
            }
            target.setRow(t, written);
        }
    }

    static void addHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        for (int t = 0; t < source.rows(); t++) {
            float[] read = row(source, t);
            float[] written = row(target, t);
            for (int h = 0; h < heads; h++) {
                for (int c = 0; c < width; c++) {
                    written[column(to, h) + c] += read[column(from, h) + c];
                }
            }
            target.setRow(t, written);
        }
    }

    /** First column of head {@code h}. */
    static int column(HeadColumns columns, int h) {
        return columns.offset() + h * columns.stride();
    }

    private ScalarRows() {}
}
