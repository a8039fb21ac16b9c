package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.I;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.TileFormat.LANES;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Codes of five and six bits, and those that number levels of IQ4's table, unpacked to eight bits:
 * as {@link TileFormat} lays those of Q8_0, without scales.
 */
final class TileUnpack {
    /** Of 32 inputs of 32 rows. */
    static final int BLOCK_BYTES = 1024;

    private static final int PANEL_INTS = 128;
    private static final int HALF_INTS = 64; // 16 inputs of 16 rows
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int NIBBLES = 0x0f0f0f0f;
    private static final int UPPER = 0x30303030;
    private static final VectorSpecies<Long> LONGS = F.withLanes(long.class);
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128; // tables, everywhere
    private static final VectorSpecies<Byte> WIDEST = ByteVector.SPECIES_512;

    private static final long[] SHIFTS = {0, 8, 16, 24, 32, 40, 48, 56};
    private static final byte[] LEVELS = levels();

    /** Levels of IQ4's table plus 128. */
    private static byte[] levels() {
        byte[] levels = new byte[BYTES.length()];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) (CodeTiles.level(i) + 128);
        }
        return levels;
    }

    /** Unpacks blocks from {@code at} on, four codes an int. */
    static void blocks(TileFormat format, MemorySegment tiles, long at, int blocks, int[] to) {
        for (int panel = 0; panel < 2 * blocks; panel++) {
            long from =
                    at
                            + (long) (panel / 2) * format.blockBytes()
                            + (long) (panel % 2) * format.panelBytes();
            int out = panel * PANEL_INTS;
            if (format.isTable()) {
                table(tiles, from, to, out);
            } else if (format.bits() == 5) {
                five(tiles, from, from + format.lowBytes(), to, out);
            } else {
                six(tiles, from, from + format.lowBytes(), to, out);
            }
        }
    }

    private static void table(MemorySegment tiles, long from, int[] to, int out) {
        ByteVector levels = ByteVector.fromArray(BYTES, LEVELS, 0);
        for (int i = 0; i < HALF_INTS; i += BYTES.length() / 4) {
            ByteVector pairs = ByteVector.fromMemorySegment(BYTES, tiles, from + 4L * i, ORDER);
            ByteVector high =
                    pairs.reinterpretAsInts()
                            .lanewise(VectorOperators.LSHR, 4) // of bytes: many instructions
                            .reinterpretAsBytes();
            pairs.and((byte) 15).selectFrom(levels).reinterpretAsInts().intoArray(to, out + i);
            high.and((byte) 15)
                    .selectFrom(levels)
                    .reinterpretAsInts()
                    .intoArray(to, out + HALF_INTS + i);
        }
    }

    private static void six(MemorySegment tiles, long from, long planes, int[] to, int out) {
        for (int i = 0; i < HALF_INTS; i += L) {
            int lane = i % LANES;
            int turn = 4 - i / LANES * 2; // two bits of a byte to its bits 4 and 5
            IntVector low = word(tiles, from + 4L * i);
            IntVector upper = word(tiles, planes + 4L * lane).lanewise(VectorOperators.ROL, turn);
            low.and(NIBBLES).or(upper.and(UPPER)).intoArray(to, out + i);
            upper = word(tiles, planes + 4L * (LANES + lane)).lanewise(VectorOperators.ROL, turn);
            low.lanewise(VectorOperators.LSHR, 4)
                    .and(NIBBLES)
                    .or(upper.and(UPPER))
                    .intoArray(to, out + HALF_INTS + i);
        }
    }

    private static IntVector word(MemorySegment tiles, long at) {
        return IntVector.fromMemorySegment(I, tiles, at, ORDER);
    }

    private static void five(MemorySegment tiles, long from, long planes, int[] to, int out) {
        for (int i = 0; i < HALF_INTS; i += L) {
            int lane = i % LANES;
            long plane = planes + i / LANES * 8L;
            IntVector low = word(tiles, from + 4L * i);
            fifth(low.and(NIBBLES), tiles.get(JAVA_LONG_UNALIGNED, plane), lane)
                    .intoArray(to, out + i);
            IntVector high = low.lanewise(VectorOperators.LSHR, 4).and(NIBBLES);
            fifth(high, tiles.get(JAVA_LONG_UNALIGNED, plane + 32), lane)
                    .intoArray(to, out + HALF_INTS + i);
        }
    }

    /** Adds a fifth bit to each byte, from {@code lane} on. */
    private static IntVector fifth(IntVector low, long plane, int lane) {
        if (L == LANES) {
            return low.reinterpretAsBytes()
                    .lanewise(VectorOperators.OR, (byte) 16, VectorMask.fromLong(WIDEST, plane))
                    .reinterpretAsInts();
        }
        LongVector pair =
                LongVector.broadcast(LONGS, plane >>> (4 * lane))
                        .lanewise(VectorOperators.LSHR, LongVector.fromArray(LONGS, SHIFTS, 0));
        // two rows a long: four bits to each of its halves, then each bit to a byte of its own
        LongVector nibbles = pair.and(15).or(pair.and(240).lanewise(VectorOperators.LSHL, 28));
        return low.or(nibbles.reinterpretAsInts().mul(0x02040810).and(0x10101010));
    }

    private TileUnpack() {}
}
