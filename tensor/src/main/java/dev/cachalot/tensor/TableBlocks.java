package dev.cachalot.tensor;

import static dev.cachalot.tensor.Halves.f16;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Blocks whose four-bit codes number the entries of a table. */
final class TableBlocks {
    /** ggml's levels of IQ4: closer together near zero. */
    private static final byte[] IQ4 = {
        -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
    };

    /** Twice the numbers of FP4 E2M1 (OCP Microscaling Formats 1.0, section 5.3.3). */
    private static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    /** d, 16 bytes of codes as in Q4_0: {@code d IQ4[code]}. */
    static void decodeIq4Nl(MemorySegment from, long at, float[] to, int start) {
        decode(f16(from, at), IQ4, from, at + 2, to, start);
    }

    /**
     * d, a word with the upper two bits of eight scales, 4 bytes with their lower four, 8 times 16
     * bytes of codes: {@code d (scale - 32) IQ4[code]}.
     */
    static void decodeIq4Xs(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        int upper = from.get(JAVA_SHORT_UNALIGNED, at + 2);
        for (int group = 0; group < 8; group++) {
            int low = (from.get(JAVA_BYTE, at + 4 + group / 2) >> (4 * (group & 1))) & 15;
            int high = (upper >> (2 * group)) & 3;
            float scale = d * ((low | high << 4) - 32);
            decode(scale, IQ4, from, at + 8 + 16L * group, to, start + 32 * group);
        }
    }

    /** A power of two e, 16 bytes of codes: {@code 2^(e - 128) E2M1[code]}. */
    static void decodeMxFp4(MemorySegment from, long at, float[] to, int start) {
        int e = from.get(JAVA_BYTE, at) & 255;
        decode(halfOfPower(e), E2M1, from, at + 1, to, start);
    }

    /** 2^(e - 128), exact down to the subnormal numbers of e = 0 and 1. */
    static float halfOfPower(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x00200000 << e : (e - 1) << 23);
    }

    private static void decode(
            float scale, byte[] table, MemorySegment from, long codes, float[] to, int start) {
        for (int i = 0; i < 16; i++) {
            int pair = from.get(JAVA_BYTE, codes + i);
            to[start + i] = scale * table[pair & 15];
            to[start + 16 + i] = scale * table[(pair >> 4) & 15];
        }
    }

    private TableBlocks() {}
}
