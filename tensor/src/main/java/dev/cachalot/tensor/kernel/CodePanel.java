package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Up to 256 inputs of 32 outputs of a matrix of blocks, unpacked while a product runs: a byte for
 * each number, input after input, outputs side by side. One worker's.
 */
final class CodePanel {
    /** Inputs of a pass, a multiple of every block. */
    static final int DEPTH = 256;

    /** Bytes that become one float vector: 64 bits hold the 4 or 8 of the narrow widths. */
    private static final VectorSpecies<Byte> B =
            L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private final CodeRows rows = new CodeRows();
    private final byte[] raw = new byte[DEPTH / 32 * 34]; // the longest 256 numbers: Q8_0
    // 8 spare bytes: the narrowest width loads 8 and uses 4
    private final byte[] bytes = new byte[DEPTH * PANEL + 8];

    /**
     * Inputs {@code k} to {@code k + count - 1} of a panel; outputs past the last hold anything.
     */
    void fill(Tensor source, int panel, int k, int count) {
        DType dtype = source.dtype();
        MemorySegment segment = source.segment();
        int first = panel * PANEL;
        int outputs = Math.min(PANEL, source.rows() - first);
        int length = (int) dtype.bytes(count);
        long at = first * source.rowBytes() + dtype.bytes(k);
        for (int r = 0; r < outputs; r++) {
            MemorySegment.copy(segment, JAVA_BYTE, at + r * source.rowBytes(), raw, 0, length);
            rows.unpack(dtype, raw, count, r);
        }
        for (int r = 0; r < PANEL; r += 8) {
            turn(rows.codes, r * CodeRows.STRIDE, count / 8, bytes, r);
        }
    }

    /** Eight rows of {@code count} longs: byte j of long c of row i goes to input 8 c + j. */
    private static void turn(long[] rows, int from, int count, byte[] to, int start) {
        for (int i = 0; i < count; i++) {
            turn(rows, from + i, to, start + i * 8 * PANEL);
        }
    }

    /** Swaps halves of longs between rows four apart, quarters two apart, bytes one apart. */
    private static void turn(long[] rows, int from, byte[] to, int at) {
        int s = CodeRows.STRIDE;
        long a = rows[from];
        long b = rows[from + s];
        long c = rows[from + 2 * s];
        long d = rows[from + 3 * s];
        long e = rows[from + 4 * s];
        long f = rows[from + 5 * s];
        long g = rows[from + 6 * s];
        long h = rows[from + 7 * s];
        long half = 0xffffffffL;
        long swap = ((a >>> 32) ^ e) & half;
        e ^= swap;
        a ^= swap << 32;
        swap = ((b >>> 32) ^ f) & half;
        f ^= swap;
        b ^= swap << 32;
        swap = ((c >>> 32) ^ g) & half;
        g ^= swap;
        c ^= swap << 32;
        swap = ((d >>> 32) ^ h) & half;
        h ^= swap;
        d ^= swap << 32;
        writeQuarters(a, b, c, d, to, at);
        writeQuarters(e, f, g, h, to, at + 4 * PANEL);
    }

    private static void writeQuarters(long a, long b, long c, long d, byte[] to, int at) {
        long quarters = 0xffff0000ffffL;
        long x = ((a >>> 16) ^ c) & quarters;
        long y = ((b >>> 16) ^ d) & quarters;
        writeBytes(a ^ x << 16, b ^ y << 16, to, at);
        writeBytes(c ^ x, d ^ y, to, at + 2 * PANEL);
    }

    private static void writeBytes(long a, long b, byte[] to, int at) {
        long x = ((a >>> 8) ^ b) & 0x00ff00ff00ff00ffL;
        CodeRows.LONG.set(to, at, a ^ x << 8);
        CodeRows.LONG.set(to, at + PANEL, b ^ x);
    }

    /** What was filled as floats, [count][PANEL]. */
    void expand(DType dtype, int count, float[] to) {
        int group = CodeRows.group(dtype);
        for (int k = 0; k < count; k += group) {
            int scale = k / group * PANEL;
            for (int j = 0; j < PANEL; j += L) {
                if (CodeRows.hasMinimums(dtype)) {
                    expand(bytes, k * PANEL + j, group, rows.scales, rows.minimums, scale + j, to);
                } else {
                    expand(bytes, k * PANEL + j, group, rows.scales, scale + j, to);
                }
            }
        }
    }

    private static void expand(
            byte[] bytes, int at, int group, float[] scales, int scaleAt, float[] to) {
        FloatVector scale = FloatVector.fromArray(F, scales, scaleAt);
        for (int i = at; i < at + group * PANEL; i += PANEL) {
            floats(bytes, i).mul(scale).intoArray(to, i);
        }
    }

    private static void expand(
            byte[] bytes,
            int at,
            int group,
            float[] scales,
            float[] minimums,
            int scaleAt,
            float[] to) {
        FloatVector scale = FloatVector.fromArray(F, scales, scaleAt);
        FloatVector minimum = FloatVector.fromArray(F, minimums, scaleAt);
        for (int i = at; i < at + group * PANEL; i += PANEL) {
            floats(bytes, i).mul(scale).sub(minimum).intoArray(to, i);
        }
    }

    private static FloatVector floats(byte[] bytes, int at) {
        return (FloatVector)
                ByteVector.fromArray(B, bytes, at).convertShape(VectorOperators.B2F, F, 0);
    }

    /** {@code y[yo + j] += sum over k < count of x[xo + k] * number[k][j]}. */
    void addRow(DType dtype, float[] x, int xo, int count, float[] y, int yo) {
        int group = CodeRows.group(dtype);
        boolean hasMinimums = CodeRows.hasMinimums(dtype);
        for (int j = 0; j < PANEL; j += 2 * L) {
            if (hasMinimums) {
                addPair(x, xo, count, group, bytes, j, rows.scales, rows.minimums, y, yo + j);
            } else {
                addPair(x, xo, count, group, bytes, j, rows.scales, y, yo + j);
            }
        }
    }

    private static void addPair(
            float[] x,
            int xo,
            int count,
            int group,
            byte[] bytes,
            int column,
            float[] scales,
            float[] y,
            int yo) {
        FloatVector left = FloatVector.fromArray(F, y, yo);
        FloatVector right = FloatVector.fromArray(F, y, yo + L);
        for (int k = 0; k < count; k += group) {
            int scaleAt = k / group * PANEL + column;
            FloatVector leftScale = FloatVector.fromArray(F, scales, scaleAt);
            FloatVector rightScale = FloatVector.fromArray(F, scales, scaleAt + L);
            for (int i = k; i < k + group; i++) {
                FloatVector one = FloatVector.broadcast(F, x[xo + i]);
                int at = i * PANEL + column;
                left = one.fma(floats(bytes, at).mul(leftScale), left);
                right = one.fma(floats(bytes, at + L).mul(rightScale), right);
            }
        }
        left.intoArray(y, yo);
        right.intoArray(y, yo + L);
    }

    private static void addPair(
            float[] x,
            int xo,
            int count,
            int group,
            byte[] bytes,
            int column,
            float[] scales,
            float[] minimums,
            float[] y,
            int yo) {
        FloatVector left = FloatVector.fromArray(F, y, yo);
        FloatVector right = FloatVector.fromArray(F, y, yo + L);
        for (int k = 0; k < count; k += group) {
            int scaleAt = k / group * PANEL + column;
            FloatVector leftScale = FloatVector.fromArray(F, scales, scaleAt);
            FloatVector rightScale = FloatVector.fromArray(F, scales, scaleAt + L);
            FloatVector leftMinimum = FloatVector.fromArray(F, minimums, scaleAt);
            FloatVector rightMinimum = FloatVector.fromArray(F, minimums, scaleAt + L);
            for (int i = k; i < k + group; i++) {
                FloatVector one = FloatVector.broadcast(F, x[xo + i]);
                int at = i * PANEL + column;
                left = one.fma(floats(bytes, at).mul(leftScale).sub(leftMinimum), left);
                right = one.fma(floats(bytes, at + L).mul(rightScale).sub(rightMinimum), right);
            }
        }
        left.intoArray(y, yo);
        right.intoArray(y, yo + L);
    }
}
