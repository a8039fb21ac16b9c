package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.TileFormat.LANES;
import static dev.cachalot.tensor.kernel.TileFormat.ROWS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Lays rows of a quantised weight in tiles ({@link TileFormat}). One worker's. */
final class CodeTiles {
    private static final int SUPER = 256;
    private static final int ONES = 0x01010101;
    private static final byte[] INDEX = new byte[256]; // of a level in IQ4's table

    static {
        for (int i = 0; i < 16; i++) {
            INDEX[level(i) & 255] = (byte) i;
        }
    }

    private final CodeRows rows = new CodeRows();
    private final byte[] raw = new byte[8 * 34];
    private final TileFormat format;

    CodeTiles(TileFormat format) {
        this.format = format;
    }

    /** A level of IQ4's table, signed. */
    static byte level(int index) {
        return (byte) CodeTables.IQ4[index];
    }

    /** Rows {@code 32 tile} to {@code 32 tile + 31}, past the last: zeros; to {@code at}. */
    void pack(Tensor source, int tile, MemorySegment to, long at) {
        int first = tile * ROWS;
        int count = Math.min(ROWS, source.rows() - first);
        int width = source.width();
        DType dtype = source.dtype();
        long next = at;
        for (int k = 0; k < width; k += SUPER) {
            int inputs = Math.min(SUPER, width - k);
            int length = (int) dtype.bytes(inputs);
            long from = first * source.rowBytes() + dtype.bytes(k);
            for (int r = 0; r < count; r++) {
                MemorySegment.copy(
                        source.segment(), JAVA_BYTE, from + r * source.rowBytes(), raw, 0, length);
                row(inputs, r, to, next);
            }
            for (int r = count; r < ROWS; r++) {
                java.util.Arrays.fill(raw, (byte) 0);
                row(inputs, r, to, next);
            }
            next += format.tileBytes(inputs);
        }
    }

    private void row(int inputs, int r, MemorySegment to, long at) {
        rows.unpack(format.dtype(), raw, inputs, 0);
        long codes = at + format.headBytes();
        if (format.isSuper()) {
            head(r, to, at);
        }
        int panel = r / LANES;
        int lane = r % LANES;
        for (int b = 0; b < inputs / TileFormat.BLOCK; b++) {
            long block = codes + (long) b * format.blockBytes();
            codes(4 * b, lane, to, block + (long) panel * format.panelBytes());
            if (!format.isSuper()) {
                scales(b, r, to, block + format.codeBytes());
            }
        }
    }

    /** Eight ints of four codes each, that start at long {@code from}. */
    private void codes(int from, int lane, MemorySegment to, long at) {
        for (int j = 0; j < 4; j++) {
            int low = unsigned(from, j);
            int high = unsigned(from, j + 4);
            if (format.bits() == 8) {
                to.set(JAVA_INT_UNALIGNED, at + 64L * j + 4L * lane, low);
                to.set(JAVA_INT_UNALIGNED, at + 64L * (j + 4) + 4L * lane, high);
                continue;
            }
            int pair = (low & 0x0f0f0f0f) | ((high & 0x0f0f0f0f) << 4);
            to.set(JAVA_INT_UNALIGNED, at + 64L * j + 4L * lane, pair);
        }
        long planes = at + format.lowBytes();
        if (format.bits() == 5) {
            for (int v = 0; v < 8; v++) {
                int bits = gather((unsigned(from, v) >>> 4) & ONES);
                // half a byte: this lane's nibble of 64 bits
                long word = planes + 8L * v;
                long mask = 15L << (4 * lane);
                long old = to.get(JAVA_LONG_UNALIGNED, word) & ~mask;
                to.set(JAVA_LONG_UNALIGNED, word, old | (long) bits << (4 * lane));
            }
        } else if (format.bits() == 6) {
            for (int h = 0; h < 2; h++) {
                int plane = 0;
                for (int m = 0; m < 4; m++) {
                    plane |= ((unsigned(from, 4 * h + m) >>> 4) & (3 * ONES)) << (2 * m);
                }
                to.set(JAVA_INT_UNALIGNED, planes + 64L * h + 4L * lane, plane);
            }
        }
    }

    /** The lowest bits of four bytes, as four bits. */
    private static int gather(int bytes) {
        return ((bytes * 0x01020408) >>> 24) & 15;
    }

    /** Codes 4 v to 4 v + 3 of the block at long {@code from}, with the offset added. */
    private int unsigned(int from, int v) {
        long eight = rows.codes[from + v / 2];
        int four = (int) (v % 2 == 0 ? eight : eight >>> 32);
        if (format.isTable()) {
            int indices = 0;
            for (int i = 0; i < 32; i += 8) {
                indices |= INDEX[(four >>> i) & 255] << i;
            }
            return indices;
        }
        if (format.offset() == 128) {
            return four ^ 0x80808080;
        }
        // each code, signed, plus the offset, without a carry into its neighbour
        int sum = (four & 0x7f7f7f7f) + format.offset() * ONES;
        return sum ^ (four & 0x80808080);
    }

    private void scales(int b, int r, MemorySegment to, long at) {
        int block = b * format.dtype().blockBytes();
        short scale =
                format.dtype() == DType.MXFP4
                        ? (short) (Float.floatToRawIntBits(rows.scales[b * Tile.PANEL]) >>> 16)
                        : half(block);
        to.set(JAVA_SHORT_UNALIGNED, at + 2L * r, scale);
        if (format.hasMinimum()) {
            to.set(JAVA_SHORT_UNALIGNED, at + 2L * ROWS + 2L * r, half(block + 2));
        }
    }

    private short half(int at) {
        return (short) ((raw[at] & 255) | (raw[at + 1] << 8));
    }

    private void head(int r, MemorySegment to, long at) {
        SuperScales.Places places = SuperScales.places(format.dtype());
        to.set(JAVA_SHORT_UNALIGNED, at + 2L * r, half(places.d()));
        if (format.hasMinimum()) {
            to.set(JAVA_SHORT_UNALIGNED, at + 2L * ROWS + 2L * r, half(places.dMin()));
        }
        int groups = SUPER / format.group();
        for (int g = 0; g < groups; g++) {
            int scale = SuperScales.scale(format.dtype(), raw, g);
            to.set(JAVA_BYTE, at + format.scalesAt() + (long) g * ROWS + r, (byte) scale);
            if (format.hasMinimum()) {
                int minimum = SuperScales.minimum(format.dtype(), raw, g);
                long pair = at + format.minimumsAt() + g / 2 * (2L * ROWS);
                to.set(JAVA_BYTE, pair + 2L * r + g % 2, (byte) minimum);
            }
        }
    }
}
