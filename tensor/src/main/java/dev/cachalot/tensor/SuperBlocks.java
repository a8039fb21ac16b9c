package dev.cachalot.tensor;

import static dev.cachalot.tensor.Halves.f16;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/** ggml's blocks of 256 numbers with codes of four to six bits, whose scales are codes too. */
final class SuperBlocks {

    /**
     * d, dMin, 12 bytes of eight six-bit scales and minimums, 128 bytes of codes (byte l of 32
     * holds number l of a run of 64 in its low half, number l + 32 in its high half): {@code (d
     * scale) code - dMin minimum}.
     */
    static void decodeQ4(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        float dMin = f16(from, at + 2);
        for (int group = 0; group < 8; group++) {
            float scale = d * scale(from, at + 4, group);
            float minimum = dMin * minimum(from, at + 4, group);
            long codes = at + 16 + (long) group / 2 * 32;
            int shift = 4 * (group & 1);
            for (int i = 0; i < 32; i++) {
                int code = (from.get(JAVA_BYTE, codes + i) >> shift) & 15;
                to[start + 32 * group + i] = scale * code - minimum;
            }
        }
    }

    /** As Q4_K, with 32 bytes of fifth bits before the codes (bit g of byte l: number 32 g + l). */
    static void decodeQ5(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        float dMin = f16(from, at + 2);
        for (int group = 0; group < 8; group++) {
            float scale = d * scale(from, at + 4, group);
            float minimum = dMin * minimum(from, at + 4, group);
            long codes = at + 48 + (long) group / 2 * 32;
            int shift = 4 * (group & 1);
            for (int i = 0; i < 32; i++) {
                int low = (from.get(JAVA_BYTE, codes + i) >> shift) & 15;
                int high = (from.get(JAVA_BYTE, at + 16 + i) >> group) & 1;
                to[start + 32 * group + i] = scale * (low | high << 4) - minimum;
            }
        }
    }

    /**
     * 128 bytes of lower and 64 of upper bits, 16 signed scales, d: {@code (d scale) (code - 32)}.
     * In each half of 128 numbers, number 32 q + l has its lower four bits in byte 32 (q % 2) + l
     * (high half of the byte from q = 2 on) and its upper two at bit 2 q of byte l.
     */
    static void decodeQ6(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at + 208);
        for (int group = 0; group < 16; group++) {
            float scale = d * from.get(JAVA_BYTE, at + 192 + group);
            int half = group / 8;
            int quarter = group % 8 / 2;
            long lower = at + 64L * half + 32L * (quarter & 1) + 16L * (group & 1);
            long upper = at + 128 + 32L * half + 16L * (group & 1);
            for (int i = 0; i < 16; i++) {
                int low = (from.get(JAVA_BYTE, lower + i) >> (quarter / 2 * 4)) & 15;
                int high = (from.get(JAVA_BYTE, upper + i) >> (2 * quarter)) & 3;
                to[start + 16 * group + i] = scale * ((low | high << 4) - 32);
            }
        }
    }

    /** Scale j of 8 in the 12 bytes of Q4_K and Q5_K. */
    static int scale(MemorySegment from, long at, int j) {
        int own = from.get(JAVA_BYTE, at + (j < 4 ? j : j + 4));
        return j < 4 ? own & 63 : (own & 15) | ((from.get(JAVA_BYTE, at + j - 4) >> 2) & 48);
    }

    /** Minimum j of 8 there. */
    static int minimum(MemorySegment from, long at, int j) {
        int own = from.get(JAVA_BYTE, at + j + 4);
        return j < 4 ? own & 63 : ((own >> 4) & 15) | ((from.get(JAVA_BYTE, at + j) >> 2) & 48);
    }

    private SuperBlocks() {}
}
