package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * FP8 E4M3 as Micikevicius et al. define it (arXiv 2209.05433, table 1): sign, four bits of
 * exponent with bias 7, three of mantissa; the largest number is 448, both codes of all ones are
 * NaN, and there are no infinities.
 */
final class Float8 {
    private static final float[] E4M3 = new float[256];

    static {
        for (int code = 0; code < 256; code++) {
            int exponent = (code >> 3) & 15;
            int mantissa = code & 7;
            float size =
                    exponent == 0
                            ? mantissa * 0x1p-9f
                            : Math.scalb(1 + mantissa / 8f, exponent - 7);
            if ((code & 0x7f) == 0x7f) {
                size = Float.NaN;
            }
            E4M3[code] = code < 128 ? size : -size;
        }
    }

    static void decode(MemorySegment from, long offset, int count, float[] to, int start) {
        for (int i = 0; i < count; i++) {
            to[start + i] = E4M3[from.get(JAVA_BYTE, offset + i) & 255];
        }
    }

    private Float8() {}
}
