package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.I;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Up to 256 inputs of 32 outputs of a matrix of floats (F32, F16, BF16, FP8), read while a product
 * runs. One worker's.
 */
final class FloatRows {
    private static final int STRIDE = Tile.DEPTH + 16; // not a power of two: those collide

    private static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * L));

    private final float[] rows = new float[PANEL * STRIDE];
    private final short[] halves = new short[Tile.DEPTH];
    private final byte[] bytes = new byte[Tile.DEPTH];

    /**
     * Inputs {@code k} to {@code k + count - 1} of a panel, [count][PANEL]; anything past the last
     * output.
     */
    void read(Tensor source, int panel, int k, int count, float[] to) {
        int first = panel * PANEL;
        int outputs = Math.min(PANEL, source.rows() - first);
        long at = first * source.rowBytes() + source.dtype().bytes(k);
        for (int r = 0; r < outputs; r++) {
            readRow(source, at + r * source.rowBytes(), count, r * STRIDE);
        }
        turn(rows, outputs, count, to);
    }

    private void readRow(Tensor source, long at, int count, int start) {
        MemorySegment segment = source.segment();
        switch (source.dtype()) {
            case F32 -> MemorySegment.copy(segment, JAVA_FLOAT_UNALIGNED, at, rows, start, count);
            case F16 -> {
                MemorySegment.copy(segment, JAVA_SHORT_UNALIGNED, at, halves, 0, count);
                fromF16(halves, count, rows, start);
            }
            case BF16 -> {
                MemorySegment.copy(segment, JAVA_SHORT_UNALIGNED, at, halves, 0, count);
                fromBf16(halves, count, rows, start);
            }
            case F8_E4M3 -> {
                MemorySegment.copy(segment, JAVA_BYTE, at, bytes, 0, count);
                for (int i = 0; i < count; i++) {
                    rows[start + i] = CodeTables.E4M3[bytes[i] & 255];
                }
            }
            default -> throw new IllegalArgumentException(source + " holds blocks, not floats");
        }
    }

    private static void fromF16(short[] from, int count, float[] to, int start) {
        for (int i = 0; i < count; i++) {
            to[start + i] = Float.float16ToFloat(from[i]);
        }
    }

    /** Whole vectors: both arrays have room for them. */
    private static void fromBf16(short[] from, int count, float[] to, int start) {
        for (int i = 0; i < count; i += L) {
            IntVector bits =
                    (IntVector)
                            ShortVector.fromArray(S, from, i)
                                    .convertShape(VectorOperators.ZERO_EXTEND_S2I, I, 0);
            bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().intoArray(to, start + i);
        }
    }

    private static void turn(float[] rows, int outputs, int count, float[] to) {
        for (int k = 0; k < count; k++) {
            for (int r = 0; r < outputs; r++) {
                to[k * PANEL + r] = rows[r * STRIDE + k];
            }
        }
    }
}
