package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Panels of Q8_0 in 8 bits: for each panel and block of 32 inputs, 32 scales and 32 x 32 bytes,
 * input after input. A weight is {@code scale * byte}, which is exact in F32 (11 and 8 bits).
 */
final class BytePanels extends PanelWeight {
    private static final int BLOCK = 32; // inputs under one scale

    /** Bytes that become one float vector: 64 bits hold the 4 or 8 of the narrow widths. */
    private static final VectorSpecies<Byte> B =
            L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private final byte[] bytes;
    private final float[] scales;
    private final int blocks; // a panel

    BytePanels(Tensor source) {
        super(source);
        blocks = source.width() / BLOCK;
        int columns = Tile.padded(source.rows());
        // 8 spare bytes: the narrowest width loads 8 and uses 4
        bytes = new byte[Math.addExact(Math.multiplyExact(columns, source.width()), 8)];
        scales = new float[Math.multiplyExact(columns, blocks)];
    }

    @Override
    void pack(int from, int to, Scratch scratch) {
        MemorySegment segment = source().segment();
        byte[] block = new byte[BLOCK];
        for (int panel = from; panel < to; panel++) {
            int count = Math.min(PANEL, outputs() - panel * PANEL);
            for (int r = 0; r < count; r++) {
                long row = (PANEL * (long) panel + r) * source().rowBytes();
                for (int b = 0; b < blocks; b++) {
                    long at = row + b * 34L;
                    int index = panel * blocks + b;
                    scales[index * PANEL + r] =
                            Float.float16ToFloat(segment.get(JAVA_SHORT_UNALIGNED, at));
                    MemorySegment.copy(segment, JAVA_BYTE, at + 2, block, 0, BLOCK);
                    for (int k = 0; k < BLOCK; k++) {
                        bytes[(index * BLOCK + k) * PANEL + r] = block[k];
                    }
                }
            }
        }
    }

    @Override
    void block(int panel, int k, int count, Block into) {
        into.numbers = into.own(count * PANEL);
        into.start = 0;
        int first = panel * blocks + k / BLOCK;
        for (int b = 0; b < count / BLOCK; b++) {
            int at = (first + b) * BLOCK * PANEL;
            for (int j = 0; j < PANEL; j += L) {
                decode(bytes, at + j, scales, (first + b) * PANEL + j, into.numbers, b * 1024 + j);
            }
        }
    }

    private static void decode(
            byte[] bytes, int at, float[] scales, int scaleAt, float[] to, int start) {
        FloatVector scale = FloatVector.fromArray(F, scales, scaleAt);
        for (int k = 0; k < BLOCK; k++) {
            floats(bytes, at + k * PANEL).mul(scale).intoArray(to, start + k * PANEL);
        }
    }

    private static FloatVector floats(byte[] bytes, int at) {
        return (FloatVector)
                ByteVector.fromArray(B, bytes, at).convertShape(VectorOperators.B2F, F, 0);
    }

    @Override
    void row(float[] x, int xo, int from, int to, float[] y, int yo, Block scratch) {
        for (int panel = from; panel < to; panel++) {
            int out = yo + (panel - from) * PANEL;
            for (int j = 0; j < PANEL; j += 2 * L) {
                rowPair(x, xo, panel * blocks, blocks, j, bytes, scales, y, out + j);
            }
        }
    }

    private static void rowPair(
            float[] x,
            int xo,
            int first,
            int count,
            int column,
            byte[] bytes,
            float[] scales,
            float[] y,
            int yo) {
        FloatVector left = FloatVector.fromArray(F, y, yo);
        FloatVector right = FloatVector.fromArray(F, y, yo + L);
        for (int b = 0; b < count; b++) {
            int index = first + b;
            FloatVector leftScale = FloatVector.fromArray(F, scales, index * PANEL + column);
            FloatVector rightScale = FloatVector.fromArray(F, scales, index * PANEL + column + L);
            int at = index * BLOCK * PANEL + column;
            int xAt = xo + b * BLOCK;
            for (int k = 0; k < BLOCK; k++) {
                FloatVector one = FloatVector.broadcast(F, x[xAt + k]);
                left = one.fma(floats(bytes, at + k * PANEL).mul(leftScale), left);
                right = one.fma(floats(bytes, at + k * PANEL + L).mul(rightScale), right);
            }
        }
        left.intoArray(y, yo);
        right.intoArray(y, yo + L);
    }
}
