package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.store;
import static dev.cachalot.tensor.kernel.Tile.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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

    /**
     * Copies columns of consecutive rows to an array, row i to {@code start + i * stride}; the
     * stride is at least the width.
     */
    static void readAll(
            Tensor from, int row, int rows, int column, int width, float[] to, int stride) {
        MemorySegment segment = from.segment();
        long at = row * from.rowBytes() + 4L * column;
        int whole = width / L * L;
        for (int i = 0; i < rows; i++) {
            long rowAt = at + i * from.rowBytes();
            int j = 0;
            for (; j < whole; j += L) {
                load(segment, rowAt + 4L * j).intoArray(to, i * stride + j);
            }
            for (; j < width; j++) {
                to[i * stride + j] = segment.get(JAVA_FLOAT_UNALIGNED, rowAt + 4L * j);
            }
        }
    }

    /** Copies columns of consecutive rows to panels of {@code capacity} rows each. */
    static void readPanels(
            Tensor from, int row, int rows, int column, int width, float[] to, int capacity) {
        for (int j = 0; j < width; j += PANEL) {
            toPanel(
                    from.segment(),
                    row * from.rowBytes() + 4L * (column + j),
                    from.rowBytes(),
                    rows,
                    Math.min(PANEL, width - j),
                    to,
                    j * capacity);
        }
    }

    /**
     * The other way of {@link #readAll}: rows of an array, {@code stride} apart, to columns of
     * consecutive rows.
     */
    static void writeAll(
            float[] from, int stride, Tensor to, int row, int rows, int column, int width) {
        MemorySegment segment = to.segment();
        int whole = width / L * L;
        for (int i = 0; i < rows; i++) {
            long at = (row + i) * to.rowBytes() + 4L * column;
            int start = i * stride;
            for (int j = 0; j < whole; j += L) {
                store(FloatVector.fromArray(F, from, start + j), segment, at + 4L * j);
            }
            for (int j = whole; j < width; j++) {
                segment.set(JAVA_FLOAT_UNALIGNED, at + 4L * j, from[start + j]);
            }
        }
    }

    /**
     * Turns {@code lanes} (at most PANEL) rows to a panel with a lane each: {@code to[d * PANEL +
     * lane] = factor * from[lane * stride + d]}; other lanes are 0.
     */
    static void turn(float[] from, int stride, int lanes, int depth, float factor, float[] to) {
        for (int d = 0; d < depth; d++) {
            for (int lane = 0; lane < lanes; lane++) {
                to[d * PANEL + lane] = factor * from[lane * stride + d];
            }
            for (int lane = lanes; lane < PANEL; lane++) {
                to[d * PANEL + lane] = 0;
            }
        }
    }

    private Rows() {}
}
