package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** Numbers of 16 bits: IEEE 754 halves, and bfloat16, the upper half of an F32. */
final class Halves {

    static void decodeF16(MemorySegment from, long offset, int count, float[] to, int start) {
        for (int i = 0; i < count; i++) {
            to[start + i] = f16(from, offset + 2L * i);
        }
    }

    /** The half at byte {@code at}. */
    static float f16(MemorySegment from, long at) {
        return Float.float16ToFloat(from.get(JAVA_SHORT_UNALIGNED, at));
    }

    static void decodeBf16(MemorySegment from, long offset, int count, float[] to, int start) {
        for (int i = 0; i < count; i++) {
            to[start + i] =
                    Float.intBitsToFloat(from.get(JAVA_SHORT_UNALIGNED, offset + 2L * i) << 16);
        }
    }

    static void encodeF16(float[] from, int start, int count, MemorySegment to, long offset) {
        for (int i = 0; i < count; i++) {
            to.set(JAVA_SHORT_UNALIGNED, offset + 2L * i, Float.floatToFloat16(from[start + i]));
        }
    }

    static void encodeBf16(float[] from, int start, int count, MemorySegment to, long offset) {
        for (int i = 0; i < count; i++) {
            to.set(JAVA_SHORT_UNALIGNED, offset + 2L * i, toBf16(from[start + i]));
        }
    }

    private static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) ((bits >>> 16) | 0x40); // keep a NaN a NaN
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private Halves() {}
}
