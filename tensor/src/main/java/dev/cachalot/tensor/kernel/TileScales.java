package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.I;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Scales and offsets of a tile's groups, as floats, [group][row]: a number is {@code code * scale +
 * offset}. All products here are exact: of 11 bits with at most 8.
 */
final class TileScales {
    private static final VectorSpecies<Short> S =
            VectorSpecies.of(short.class, VectorShape.forBitSize(16 * L));

    /** Bytes of one vector of rows: the narrowest width loads 8 and uses 4. */
    private static final VectorSpecies<Byte> B =
            L == 16 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Of blocks that bring their own, from {@code at} on. */
    static void ofBlocks(
            TileFormat format,
            MemorySegment tiles,
            long at,
            int blocks,
            float[] scales,
            float[] offsets) {
        for (int b = 0; b < blocks; b++) {
            long place = at + (long) b * format.blockBytes() + format.codeBytes();
            for (int j = 0; j < PANEL; j += L) {
                int to = b * PANEL + j;
                if (format.dtype() == DType.MXFP4) {
                    offset(
                            upperHalves(tiles, place + 2L * j),
                            format.offset(),
                            scales,
                            offsets,
                            to);
                } else if (format.hasMinimum()) {
                    halves(tiles, place + 2L * j).intoArray(scales, to);
                    halves(tiles, place + 2L * (PANEL + j)).intoArray(offsets, to);
                } else {
                    offset(halves(tiles, place + 2L * j), format.offset(), scales, offsets, to);
                }
            }
        }
    }

    /** Of groups {@code first} to {@code first + count - 1} of 256 inputs under a head. */
    static void ofSuper(
            TileFormat format,
            MemorySegment tiles,
            long head,
            int first,
            int count,
            float[] scales,
            float[] offsets) {
        for (int j = 0; j < PANEL; j += L) {
            superScales(format, tiles, head, first, count, scales, offsets, j);
            if (format.hasMinimum()) {
                minimums(format, tiles, head, first, count, offsets, j);
            }
        }
    }

    private static void superScales(
            TileFormat format,
            MemorySegment tiles,
            long head,
            int first,
            int count,
            float[] scales,
            float[] offsets,
            int j) {
        FloatVector d = halves(tiles, head + 2L * j);
        long place = head + format.scalesAt() + (long) first * PANEL + j;
        for (int g = 0; g < count; g++) {
            FloatVector whole =
                    (FloatVector)
                            ByteVector.fromMemorySegment(B, tiles, place + (long) g * PANEL, ORDER)
                                    .convertShape(VectorOperators.B2F, F, 0);
            offset(d.mul(whole), format.offset(), scales, offsets, g * PANEL + j);
        }
    }

    private static void minimums(
            TileFormat format,
            MemorySegment tiles,
            long head,
            int first,
            int count,
            float[] offsets,
            int j) {
        FloatVector dMin = halves(tiles, head + 2L * (PANEL + j)).neg();
        for (int g = 0; g < count; g++) {
            long pair = head + format.minimumsAt() + (first + g) / 2 * (2L * PANEL) + 2L * j;
            IntVector both = words(tiles, pair);
            IntVector whole = both.lanewise(VectorOperators.LSHR, (first + g) % 2 * 8).and(255);
            dMin.mul((FloatVector) whole.convert(VectorOperators.I2F, 0))
                    .intoArray(offsets, g * PANEL + j);
        }
    }

    private static void offset(
            FloatVector scale, int offset, float[] scales, float[] offsets, int to) {
        scale.intoArray(scales, to);
        scale.mul(-offset).intoArray(offsets, to);
    }

    /** Words of 16 bits, signed, in lanes of 32. */
    private static IntVector words(MemorySegment tiles, long at) {
        return (IntVector)
                ShortVector.fromMemorySegment(S, tiles, at, ORDER)
                        .convertShape(VectorOperators.S2I, I, 0);
    }

    /** Floats of half precision: their exponents, 112 too low, are corrected by a product. */
    private static FloatVector halves(MemorySegment tiles, long at) {
        IntVector bits = words(tiles, at).lanewise(VectorOperators.LSHL, 13).and(0x8fffe000);
        FloatVector numbers = bits.reinterpretAsFloats().mul(0x1p112f);
        VectorMask<Integer> broken = bits.and(0x0f800000).eq(0x0f800000); // infinite, or no number
        return numbers.reinterpretAsInts()
                .lanewise(VectorOperators.OR, 0x7f800000, broken)
                .reinterpretAsFloats();
    }

    /** Floats of which the upper 16 bits are kept. */
    private static FloatVector upperHalves(MemorySegment tiles, long at) {
        return words(tiles, at).lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private TileScales() {}
}
