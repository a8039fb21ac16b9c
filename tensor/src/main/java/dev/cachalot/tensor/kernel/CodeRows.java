package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Blocks of one row, unpacked to signed bytes, eight to a long (the first in the lowest byte), with
 * the scale and, where there is one, the minimum of each group: a number is {@code scale * byte -
 * minimum}, the very operations of {@link dev.cachalot.tensor.BlockFormat}. Eight codes are masked
 * and shifted at once.
 *
 * <p>Row r of a panel puts its codes from {@code r * STRIDE} on, and group g its scale at {@code g
 * * PANEL + r}.
 */
final class CodeRows {
    /** Longs from row to row; one more than 256 codes take, against collisions in the cache. */
    static final int STRIDE = 33;

    static final VarHandle LONG = view(long[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle SHORT = view(short[].class);

    private static final long TOPS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long TWO_BITS = 0x0303030303030303L;
    private static final long FOUR_BITS = 0x0f0f0f0f0f0f0f0fL;

    /** Bit j of a byte as bit 4 of byte j. */
    private static final long[] FIFTH = new long[256];

    static {
        for (int bits = 0; bits < 256; bits++) {
            for (int j = 0; j < 8; j++) {
                FIFTH[bits] |= (long) ((bits >> j) & 1) << (8 * j + 4);
            }
        }
    }

    final long[] codes = new long[Tile.PANEL * STRIDE];
    final float[] scales = new float[16 * Tile.PANEL];
    final float[] minimums = new float[16 * Tile.PANEL];

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** Numbers under one scale. */
    static int group(DType dtype) {
        return switch (dtype) {
            case Q2_K, Q3_K, Q6_K -> 16;
            default -> 32;
        };
    }

    /** Whether groups have minimums. */
    static boolean hasMinimums(DType dtype) {
        return switch (dtype) {
            case Q4_1, Q5_1, Q2_K, Q4_K, Q5_K -> true;
            default -> false;
        };
    }

    /** Unpacks {@code count} numbers, at most 256 and whole blocks, that start at raw[0]. */
    void unpack(DType dtype, byte[] raw, int count, int row) {
        int to = row * STRIDE;
        switch (dtype) {
            case Q2_K -> q2(raw, row, to);
            case Q3_K -> q3(raw, row, to);
            case Q4_K -> q4(raw, row, to);
            case Q5_K -> q5(raw, row, to);
            case Q6_K -> q6(raw, row, to);
            case IQ4_XS -> iq4Xs(raw, row, to);
            default -> {
                for (int b = 0; b < count / 32; b++) {
                    small(dtype, raw, b * dtype.blockBytes(), b * Tile.PANEL + row, to + 4 * b);
                }
            }
        }
    }

    private void small(DType dtype, byte[] raw, int at, int group, int to) {
        switch (dtype) {
            case Q4_0 -> {
                scales[group] = half(raw, at);
                nibbles(raw, at + 2, 0, to, 8);
            }
            case Q4_1 -> {
                scales[group] = half(raw, at);
                minimums[group] = -half(raw, at + 2);
                nibbles(raw, at + 4, 0, to, 0);
            }
            case Q5_0 -> {
                scales[group] = half(raw, at);
                nibbles(raw, at + 6, (int) INT.get(raw, at + 2), to, 16);
            }
            case Q5_1 -> {
                scales[group] = half(raw, at);
                minimums[group] = -half(raw, at + 2);
                nibbles(raw, at + 8, (int) INT.get(raw, at + 4), to, 0);
            }
            case Q8_0 -> {
                scales[group] = half(raw, at);
                for (int i = 0; i < 4; i++) {
                    codes[to + i] = (long) LONG.get(raw, at + 2 + 8 * i);
                }
            }
            case IQ4_NL -> {
                scales[group] = half(raw, at);
                levels(CodeTables.IQ4, raw, at + 2, to);
            }
            case MXFP4 -> {
                scales[group] = CodeTables.POWERS[raw[at] & 255];
                levels(CodeTables.E2M1, raw, at + 1, to);
            }
            default -> throw new IllegalArgumentException(dtype + " has no codes of a byte");
        }
    }

    /** 32 codes in 16 bytes, their fifth bits in a word. */
    private void nibbles(byte[] raw, int at, int fifth, int to, int middle) {
        for (int i = 0; i < 2; i++) {
            long pairs = (long) LONG.get(raw, at + 8 * i);
            long low = (pairs & FOUR_BITS) | FIFTH[(fifth >>> (8 * i)) & 255];
            long high = ((pairs >>> 4) & FOUR_BITS) | FIFTH[(fifth >>> (16 + 8 * i)) & 255];
            codes[to + i] = less(low, middle);
            codes[to + 2 + i] = less(high, middle);
        }
    }

    /** Eight codes below 128, each less {@code middle}, as signed bytes. */
    private static long less(long codes, int middle) {
        return ((codes | TOPS) - middle * ONES) ^ TOPS;
    }

    /** 32 codes in 16 bytes that number the levels of a table. */
    private void levels(short[] table, byte[] raw, int at, int to) {
        for (int i = 0; i < 2; i++) {
            long low = 0;
            long high = 0;
            for (int j = 0; j < 8; j++) {
                int pair = table[raw[at + 8 * i + j] & 255];
                low |= (pair & 255L) << (8 * j);
                high |= ((pair >> 8) & 255L) << (8 * j);
            }
            codes[to + i] = low;
            codes[to + 2 + i] = high;
        }
    }

    private void q2(byte[] raw, int row, int to) {
        float d = half(raw, 80);
        float dMin = half(raw, 82);
        for (int g = 0; g < 16; g++) {
            scales[g * Tile.PANEL + row] = d * (raw[g] & 15);
            minimums[g * Tile.PANEL + row] = dMin * ((raw[g] >> 4) & 15);
        }
        for (int i = 0; i < 8; i++) {
            long pairs = (long) LONG.get(raw, 16 + 8 * i);
            int first = to + i / 4 * 16 + i % 4;
            for (int j = 0; j < 4; j++) {
                codes[first + 4 * j] = (pairs >>> (2 * j)) & TWO_BITS;
            }
        }
    }

    private void q3(byte[] raw, int row, int to) {
        float d = half(raw, 108);
        for (int g = 0; g < 16; g++) {
            int low = raw[96 + g % 8] >> (g < 8 ? 0 : 4);
            int high = raw[104 + g % 4] >> (g / 4 * 2);
            scales[g * Tile.PANEL + row] = d * (((low & 15) | (high & 3) << 4) - 32);
        }
        for (int i = 0; i < 8; i++) {
            long pairs = (long) LONG.get(raw, 32 + 8 * i);
            long third = (long) LONG.get(raw, 8 * (i % 4)) >>> (i / 4 * 4);
            int first = to + i / 4 * 16 + i % 4;
            for (int j = 0; j < 4; j++) {
                long low = (pairs >>> (2 * j)) & TWO_BITS;
                codes[first + 4 * j] = less(low | ((third >>> j) & ONES) << 2, 4);
            }
        }
    }

    private void q4(byte[] raw, int row, int to) {
        sixBitScales(raw, row);
        for (int i = 0; i < 16; i++) {
            long pairs = (long) LONG.get(raw, 16 + 8 * i);
            int first = to + i / 4 * 8 + i % 4;
            codes[first] = pairs & FOUR_BITS;
            codes[first + 4] = (pairs >>> 4) & FOUR_BITS;
        }
    }

    private void q5(byte[] raw, int row, int to) {
        sixBitScales(raw, row);
        for (int i = 0; i < 16; i++) {
            long pairs = (long) LONG.get(raw, 48 + 8 * i);
            long fifth = (long) LONG.get(raw, 16 + 8 * (i % 4)) >>> (i / 4 * 2);
            int first = to + i / 4 * 8 + i % 4;
            codes[first] = (pairs & FOUR_BITS) | (fifth & ONES) << 4;
            codes[first + 4] = ((pairs >>> 4) & FOUR_BITS) | ((fifth >>> 1) & ONES) << 4;
        }
    }

    private void sixBitScales(byte[] raw, int row) {
        float d = half(raw, 0);
        float dMin = half(raw, 2);
        for (int g = 0; g < 4; g++) {
            int a = raw[4 + g];
            int b = raw[8 + g];
            int c = raw[12 + g];
            scales[g * Tile.PANEL + row] = d * (a & 63);
            minimums[g * Tile.PANEL + row] = dMin * (b & 63);
            scales[(g + 4) * Tile.PANEL + row] = d * ((c & 15) | ((a >> 2) & 48));
            minimums[(g + 4) * Tile.PANEL + row] = dMin * (((c >> 4) & 15) | ((b >> 2) & 48));
        }
    }

    private void q6(byte[] raw, int row, int to) {
        float d = half(raw, 208);
        for (int g = 0; g < 16; g++) {
            scales[g * Tile.PANEL + row] = d * raw[192 + g];
        }
        for (int i = 0; i < 8; i++) {
            int half = i / 4;
            long near = (long) LONG.get(raw, 64 * half + 8 * (i % 4));
            long far = (long) LONG.get(raw, 64 * half + 32 + 8 * (i % 4));
            long upper = (long) LONG.get(raw, 128 + 8 * i);
            int first = to + half * 16 + i % 4;
            codes[first] = six(near, upper);
            codes[first + 4] = six(far, upper >>> 2);
            codes[first + 8] = six(near >>> 4, upper >>> 4);
            codes[first + 12] = six(far >>> 4, upper >>> 6);
        }
    }

    private static long six(long lower, long upper) {
        return less((lower & FOUR_BITS) | (upper & TWO_BITS) << 4, 32);
    }

    private void iq4Xs(byte[] raw, int row, int to) {
        float d = half(raw, 0);
        int upper = (short) SHORT.get(raw, 2);
        for (int g = 0; g < 8; g++) {
            int low = raw[4 + g / 2] >> (4 * (g & 1));
            int high = upper >> (2 * g);
            scales[g * Tile.PANEL + row] = d * (((low & 15) | (high & 3) << 4) - 32);
            levels(CodeTables.IQ4, raw, 8 + 16 * g, to + 4 * g);
        }
    }

    private static float half(byte[] raw, int at) {
        return Float.float16ToFloat((short) SHORT.get(raw, at));
    }
}
