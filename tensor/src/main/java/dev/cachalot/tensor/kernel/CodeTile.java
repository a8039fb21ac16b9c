package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.I;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Inner loops over codes ({@link CodeRun}) of two vectors of rows, a lane a row, inputs ascending.
 *
 * <p>Each call of the vector API costs the JIT some 350 nodes before it folds them, and past 18,000
 * it gives up and allocates every vector: a method holds at most about 40 of them. And it is longer
 * than what is inlined into callers (325 bytes), where they would add up.
 */
final class CodeTile {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /**
     * Adds the products of x with the numbers to y[yo .. yo + 2 vectors).
     *
     * @param at of the first vector of rows; the second lies {@code apart} from it
     * @param step from four codes of a row to the next four: 64 (a constant here would make the JIT
     *     cut the loop in three, for a count of four)
     * @param lane of the first row
     * @param groupShift from the number of a half block to that of its group
     * @param halves of blocks: 16 inputs each
     */
    static void row(
            MemorySegment codes,
            long at,
            int apart,
            long step,
            long blockBytes,
            long halfBytes,
            int halfShift,
            int mask,
            float[] scales,
            float[] offsets,
            int lane,
            int groupShift,
            float[] x,
            int xo,
            int halves,
            float[] y,
            int yo) {
        Objects.checkFromIndexSize(xo, 16 * halves, x.length);
        Objects.checkFromIndexSize(yo, 2 * L, y.length);
        FloatVector left = FloatVector.fromArray(F, y, yo);
        FloatVector right = FloatVector.fromArray(F, y, yo + L);
        IntVector bits = IntVector.broadcast(I, mask);
        for (int half = 0; half < halves; half++) {
            int group = (half >> groupShift) * PANEL + lane;
            FloatVector leftScale = FloatVector.fromArray(F, scales, group);
            FloatVector rightScale = FloatVector.fromArray(F, scales, group + L);
            FloatVector leftOffset = FloatVector.fromArray(F, offsets, group);
            FloatVector rightOffset = FloatVector.fromArray(F, offsets, group + L);
            long place = at + (half >> 1) * blockBytes + (half & 1) * halfBytes;
            int first = (half & 1) * halfShift;
            int k = xo + 16 * half;
            for (long word = place; word < place + 4 * step; word += step) {
                IntVector l = IntVector.fromMemorySegment(I, codes, word, ORDER);
                IntVector r = IntVector.fromMemorySegment(I, codes, word + apart, ORDER);
                l = l.lanewise(VectorOperators.LSHR, first);
                r = r.lanewise(VectorOperators.LSHR, first);
                for (int i = 0; i < 4; i++) {
                    FloatVector one = FloatVector.broadcast(F, x[k + i]);
                    IntVector a = l.lanewise(VectorOperators.LSHR, 8 * i).and(bits);
                    IntVector b = r.lanewise(VectorOperators.LSHR, 8 * i).and(bits);
                    left = one.fma(floats(a).fma(leftScale, leftOffset), left);
                    right = one.fma(floats(b).fma(rightScale, rightOffset), right);
                }
                k += 4;
            }
        }
        left.intoArray(y, yo);
        right.intoArray(y, yo + L);
    }

    /** As {@link #row}, but the numbers go to {@code to}, input after input, PANEL apart. */
    static void expand(
            MemorySegment codes,
            long at,
            int apart,
            long step,
            long blockBytes,
            long halfBytes,
            int halfShift,
            int mask,
            float[] scales,
            float[] offsets,
            int lane,
            int groupShift,
            int halves,
            float[] to,
            int start) {
        Objects.checkFromIndexSize(start, (16 * halves - 1) * PANEL + 2 * L, to.length);
        IntVector bits = IntVector.broadcast(I, mask);
        for (int half = 0; half < halves; half++) {
            int group = (half >> groupShift) * PANEL + lane;
            FloatVector leftScale = FloatVector.fromArray(F, scales, group);
            FloatVector rightScale = FloatVector.fromArray(F, scales, group + L);
            FloatVector leftOffset = FloatVector.fromArray(F, offsets, group);
            FloatVector rightOffset = FloatVector.fromArray(F, offsets, group + L);
            long place = at + (half >> 1) * blockBytes + (half & 1) * halfBytes;
            int first = (half & 1) * halfShift;
            int next = start + 16 * PANEL * half;
            for (long word = place; word < place + 4 * step; word += step) {
                IntVector l = IntVector.fromMemorySegment(I, codes, word, ORDER);
                IntVector r = IntVector.fromMemorySegment(I, codes, word + apart, ORDER);
                l = l.lanewise(VectorOperators.LSHR, first);
                r = r.lanewise(VectorOperators.LSHR, first);
                for (int i = 0; i < 4; i++) {
                    IntVector a = l.lanewise(VectorOperators.LSHR, 8 * i).and(bits);
                    IntVector b = r.lanewise(VectorOperators.LSHR, 8 * i).and(bits);
                    floats(a).fma(leftScale, leftOffset).intoArray(to, next + i * PANEL);
                    floats(b).fma(rightScale, rightOffset).intoArray(to, next + i * PANEL + L);
                }
                next += 4 * PANEL;
            }
        }
    }

    private static FloatVector floats(IntVector codes) {
        return (FloatVector) codes.convert(VectorOperators.I2F, 0);
    }

    private CodeTile() {}
}
