package dev.cachalot.tensor;

import static dev.cachalot.tensor.Halves.f16;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;

/**
 * ggml's blocks of 256 numbers with codes of two and three bits. Numbers come in two halves of 128;
 * byte l of a half's 32 bytes holds the two-bit codes of its numbers l, l + 32, l + 64 and l + 96,
 * lowest bits first. Sixteen numbers share a scale.
 */
final class LowBlocks {

    /**
     * 16 bytes of scale (low half) and minimum (high half), 64 bytes of codes, d, dMin: {@code (d
     * scale) code - dMin minimum}.
     */
    static void decodeQ2(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at + 80);
        float dMin = f16(from, at + 82);
        for (int group = 0; group < 16; group++) {
            int packed = from.get(JAVA_BYTE, at + group);
            float scale = d * (packed & 15);
            float minimum = dMin * ((packed >> 4) & 15);
            long codes = at + 16 + codesOf(group);
            int shift = shiftOf(group);
            for (int i = 0; i < 16; i++) {
                int code = (from.get(JAVA_BYTE, codes + i) >> shift) & 3;
                to[start + 16 * group + i] = scale * code - minimum;
            }
        }
    }

    /**
     * 32 bytes with the third bits (bit j of byte l: number 32 j + l), 64 bytes of codes, 12 bytes
     * of six-bit scales, d: {@code d (scale - 32) (code - 4)}.
     */
    static void decodeQ3(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at + 108);
        for (int group = 0; group < 16; group++) {
            float scale = d * (scaleOfQ3(from, at + 96, group) - 32);
            long codes = at + 32 + codesOf(group);
            long bits = at + 16L * (group & 1);
            int shift = shiftOf(group);
            for (int i = 0; i < 16; i++) {
                int low = (from.get(JAVA_BYTE, codes + i) >> shift) & 3;
                int high = (from.get(JAVA_BYTE, bits + i) >> (group / 2)) & 1;
                to[start + 16 * group + i] = scale * (low + 4 * high - 4);
            }
        }
    }

    /** Where the codes of a group of sixteen start in the 64 bytes. */
    private static int codesOf(int group) {
        return group / 8 * 32 + (group & 1) * 16;
    }

    private static int shiftOf(int group) {
        return group % 8 / 2 * 2;
    }

    /**
     * Scale j of 16: its lower four bits in a half of byte j % 8, its upper two in byte 8 + j % 4.
     */
    private static int scaleOfQ3(MemorySegment from, long at, int j) {
        int low = from.get(JAVA_BYTE, at + j % 8) >> (j < 8 ? 0 : 4);
        int high = from.get(JAVA_BYTE, at + 8 + j % 4) >> (j / 4 * 2);
        return (low & 15) | (high & 3) << 4;
    }

    private LowBlocks() {}
}
