package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Writes ggml's blocks of 32 numbers as its reference functions do: the number of the largest size
 * (or the smallest and the largest number) sets the scale, the rest is rounded.
 */
final class SmallEncoder {
    private static final int BLOCK = 32;

    static void encode(DType dtype, float[] from, int start, MemorySegment to, long at) {
        switch (dtype) {
            case Q4_0 -> signed(from, start, 8, to, at, at + 2, -1);
            case Q5_0 -> signed(from, start, 16, to, at, at + 6, at + 2);
            case Q4_1 -> affine(from, start, 15, to, at, at + 4, -1);
            case Q5_1 -> affine(from, start, 31, to, at, at + 8, at + 4);
            case Q8_0 -> bytes(from, start, to, at);
            default -> throw new IllegalArgumentException(dtype + " has no blocks of 32");
        }
    }

    /** Codes 0 to 2 * half - 1 that stand for -half to half - 1; the largest number gets -half. */
    private static void signed(
            float[] from,
            int start,
            int half,
            MemorySegment to,
            long at,
            long pairs,
            long fifthBits) {
        float largest = 0;
        for (int i = 0; i < BLOCK; i++) {
            if (Math.abs(from[start + i]) > Math.abs(largest)) {
                largest = from[start + i];
            }
        }
        float scale = largest / -half;
        float inverse = inverse(scale);
        to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(scale));
        int[] codes = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = Math.min(2 * half - 1, (int) (from[start + i] * inverse + (half + 0.5f)));
        }
        writeCodes(codes, to, pairs, fifthBits);
    }

    /** Codes 0 to {@code most} between the smallest and the largest number. */
    private static void affine(
            float[] from,
            int start,
            int most,
            MemorySegment to,
            long at,
            long pairs,
            long fifthBits) {
        float smallest = from[start];
        float largest = from[start];
        for (int i = 1; i < BLOCK; i++) {
            smallest = Math.min(smallest, from[start + i]);
            largest = Math.max(largest, from[start + i]);
        }
        float scale = (largest - smallest) / most;
        float inverse = inverse(scale);
        to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(scale));
        to.set(JAVA_SHORT_UNALIGNED, at + 2, Float.floatToFloat16(smallest));
        int[] codes = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            codes[i] = Math.min(most, (int) ((from[start + i] - smallest) * inverse + 0.5f));
        }
        writeCodes(codes, to, pairs, fifthBits);
    }

    private static float inverse(float scale) {
        return scale == 0 ? 0 : 1 / scale;
    }

    private static void writeCodes(int[] codes, MemorySegment to, long pairs, long fifthBits) {
        int fifth = 0;
        for (int i = 0; i < BLOCK / 2; i++) {
            int low = codes[i];
            int high = codes[i + BLOCK / 2];
            to.set(JAVA_BYTE, pairs + i, (byte) ((low & 15) | (high & 15) << 4));
            fifth |= (low >> 4) << i | (high >> 4) << (i + BLOCK / 2);
        }
        if (fifthBits >= 0) {
            to.set(JAVA_INT_UNALIGNED, fifthBits, fifth);
        }
    }

    private static void bytes(float[] from, int start, MemorySegment to, long at) {
        float largest = 0;
        for (int i = 0; i < BLOCK; i++) {
            largest = Math.max(largest, Math.abs(from[start + i]));
        }
        float scale = largest / 127;
        float inverse = inverse(scale);
        to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(scale));
        for (int i = 0; i < BLOCK; i++) {
            // ggml rounds halves away from zero (roundf)
            float scaled = from[start + i] * inverse;
            to.set(
                    JAVA_BYTE,
                    at + 2 + i,
                    (byte) Math.copySign(Math.floor(Math.abs(scaled) + 0.5f), scaled));
        }
    }

    private SmallEncoder() {}
}
