package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Tile.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Copies between rows of tensors and heap arrays. */
final class Rows {

    /** Columns of one row of {@code from} to an array. */
    static void read(Tensor from, int row, int column, int count, float[] to, int start) {
        MemorySegment.copy(
                from.segment(),
                JAVA_FLOAT_UNALIGNED,
                row * from.rowBytes() + 4L * column,
                to,
                start,
                count);
    }

    /** Numbers of an array to columns of one row. */
    static void write(float[] from, int start, int count, Tensor to, int row, int column) {
        MemorySegment.copy(
                from,
                start,
                to.segment(),
                JAVA_FLOAT_UNALIGNED,
                row * to.rowBytes() + 4L * column,
                count);
    }

    /**
     * Copies {@code width} (at most PANEL) numbers of each of {@code rows} rows, {@code rowBytes}
     * apart from byte {@code at} on, to a panel; fills it up with zeros.
     */
    static void toPanel(
            MemorySegment from,
            long at,
            long rowBytes,
            int rows,
            int width,
            float[] to,
            int start) {
        if (width == PANEL) {
            for (int row = 0; row < rows; row++) {
                for (int j = 0; j < PANEL; j += L) {
                    load(from, at + row * rowBytes + 4L * j).intoArray(to, start + row * PANEL + j);
                }
            }
            return;
        }
        for (int row = 0; row < rows; row++) {
            int target = start + row * PANEL;
            MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, at + row * rowBytes, to, target, width);
            Arrays.fill(to, target + width, target + PANEL, 0);
        }
    }

    private Rows() {}
}
