package dev.cachalot.tensor;

import static dev.cachalot.tensor.Halves.f16;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * ggml's blocks of 32 numbers. Scale d, and minimum m where there is one, are halves at the start.
 * Four-bit codes lie in 16 bytes: byte i holds code i in its low half and code i + 16 in its high
 * half; a fifth bit of code i is bit i of the 32-bit word before them.
 */
final class SmallBlocks {

    /** d, 16 bytes of codes: {@code d (code - 8)}. */
    static void decodeQ4Zero(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        for (int i = 0; i < 16; i++) {
            int pair = from.get(JAVA_BYTE, at + 2 + i);
            to[start + i] = d * ((pair & 15) - 8);
            to[start + 16 + i] = d * (((pair >> 4) & 15) - 8);
        }
    }

    /** d, m, 16 bytes of codes: {@code d code + m}. */
    static void decodeQ4One(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        float m = f16(from, at + 2);
        for (int i = 0; i < 16; i++) {
            int pair = from.get(JAVA_BYTE, at + 4 + i);
            to[start + i] = d * (pair & 15) + m;
            to[start + 16 + i] = d * ((pair >> 4) & 15) + m;
        }
    }

    /** d, the fifth bits, 16 bytes of codes: {@code d (code - 16)}. */
    static void decodeQ5Zero(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        int fifth = from.get(JAVA_INT_UNALIGNED, at + 2);
        for (int i = 0; i < 16; i++) {
            int pair = from.get(JAVA_BYTE, at + 6 + i);
            to[start + i] = d * (((pair & 15) | ((fifth >>> i) & 1) << 4) - 16);
            to[start + 16 + i] = d * ((((pair >> 4) & 15) | ((fifth >>> (16 + i)) & 1) << 4) - 16);
        }
    }

    /** d, m, the fifth bits, 16 bytes of codes: {@code d code + m}. */
    static void decodeQ5One(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        float m = f16(from, at + 2);
        int fifth = from.get(JAVA_INT_UNALIGNED, at + 4);
        for (int i = 0; i < 16; i++) {
            int pair = from.get(JAVA_BYTE, at + 8 + i);
            to[start + i] = d * ((pair & 15) | ((fifth >>> i) & 1) << 4) + m;
            to[start + 16 + i] = d * (((pair >> 4) & 15) | ((fifth >>> (16 + i)) & 1) << 4) + m;
        }
    }

    /** d, 32 signed bytes: {@code d code}. */
    static void decodeQ8Zero(MemorySegment from, long at, float[] to, int start) {
        float d = f16(from, at);
        for (int i = 0; i < 32; i++) {
            to[start + i] = d * from.get(JAVA_BYTE, at + 2 + i);
        }
    }

    private SmallBlocks() {}
}
