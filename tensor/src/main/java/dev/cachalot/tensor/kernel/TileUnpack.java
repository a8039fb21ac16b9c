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
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Codes of five and six bits, and those that number levels of IQ4's table, unpacked to eight bits:
 * as {@link TileFormat} lays those of Q8_0, without scales.
 */
final class TileUnpack {
    /** Of 32 inputs of 32 rows. */
    static final int BLOCK_BYTES = 1024;

    private static final int PANEL_BYTES = 512;
    private static final long VECTOR = 64L; // four codes of 16 rows
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int NIBBLES = 0x0f0f0f0f;
    private static final int ONES = 0x01010101;
    private static final VectorSpecies<Long> LONGS = F.withLanes(long.class);
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;

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

    /** Unpacks blocks from {@code at} on to the start of {@code to}. */
    static void blocks(
            TileFormat format, MemorySegment tiles, long at, int blocks, MemorySegment to) {
        for (int panel = 0; panel < 2 * blocks; panel++) {
            long from =
                    at
                            + (long) (panel / 2) * format.blockBytes()
                            + (long) (panel % 2) * format.panelBytes();
            long out = (long) panel * PANEL_BYTES;
            if (format.isTable()) {
                table(tiles, from, to, out);
            } else if (format.bits() == 5) {
                five(tiles, from, from + format.lowBytes(), to, out);
            } else {
                six(tiles, from, from + format.lowBytes(), to, out);
            }
        }
    }

    private static void table(MemorySegment tiles, long from, MemorySegment to, long out) {
        ByteVector levels = ByteVector.fromArray(BYTES, LEVELS, 0);
        for (long i = 0; i < 4 * VECTOR; i += BYTES.length()) {
            ByteVector pairs = ByteVector.fromMemorySegment(BYTES, tiles, from + i, ORDER);
            ByteVector low = pairs.and((byte) 15);
            ByteVector high = pairs.lanewise(VectorOperators.LSHR, 4).and((byte) 15);
            low.selectFrom(levels).intoMemorySegment(to, out + i, ORDER);
            high.selectFrom(levels).intoMemorySegment(to, out + 4 * VECTOR + i, ORDER);
        }
    }

    private static void six(
            MemorySegment tiles, long from, long planes, MemorySegment to, long out) {
        for (int v = 0; v < 8; v++) {
            for (int lane = 0; lane < LANES; lane += L) {
                IntVector low = word(tiles, from + VECTOR * (v & 3) + 4L * lane, v & 4);
                IntVector upper =
                        IntVector.fromMemorySegment(
                                        I, tiles, planes + VECTOR * (v >> 2) + 4L * lane, ORDER)
                                .lanewise(VectorOperators.LSHR, 2 * (v & 3))
                                .and(3 * ONES)
                                .lanewise(VectorOperators.LSHL, 4);
                low.or(upper).intoMemorySegment(to, out + VECTOR * v + 4L * lane, ORDER);
            }
        }
    }

    private static IntVector word(MemorySegment tiles, long at, int shift) {
        return IntVector.fromMemorySegment(I, tiles, at, ORDER)
                .lanewise(VectorOperators.LSHR, shift)
                .and(NIBBLES);
    }

    private static void five(
            MemorySegment tiles, long from, long planes, MemorySegment to, long out) {
        LongVector shifts = LongVector.fromArray(LONGS, SHIFTS, 0);
        for (int v = 0; v < 8; v++) {
            long plane = tiles.get(JAVA_LONG_UNALIGNED, planes + 8L * v);
            for (int lane = 0; lane < LANES; lane += L) {
                IntVector low = word(tiles, from + VECTOR * (v & 3) + 4L * lane, v & 4);
                // two rows a long: four bits to each of its halves
                LongVector pair =
                        LongVector.broadcast(LONGS, plane >>> (4 * lane))
                                .lanewise(VectorOperators.LSHR, shifts);
                LongVector nibbles =
                        pair.and(15).or(pair.and(240).lanewise(VectorOperators.LSHL, 28));
                // each bit to a byte of its own
                IntVector fifth =
                        nibbles.reinterpretAsInts()
                                .mul(0x00204081)
                                .and(ONES)
                                .lanewise(VectorOperators.LSHL, 4);
                low.or(fifth).intoMemorySegment(to, out + VECTOR * v + 4L * lane, ORDER);
            }
        }
    }

    private TileUnpack() {}
}
