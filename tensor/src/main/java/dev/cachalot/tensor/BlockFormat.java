package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Encodes and decodes runs of numbers, exactly as each format defines them. Slow and plain: the
 * specification of the decoders inside kernels, and what checkpoints are converted with.
 */
public final class BlockFormat {

    /** Decodes {@code count} numbers (whole blocks) that start at byte {@code offset}. */
    public static void decode(
            DType dtype, MemorySegment from, long offset, int count, float[] to, int start) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, offset, to, start, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] =
                            Float.float16ToFloat(from.get(JAVA_SHORT_UNALIGNED, offset + 2L * i));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    to[start + i] =
                            Float.intBitsToFloat(
                                    from.get(JAVA_SHORT_UNALIGNED, offset + 2L * i) << 16);
                }
            }
            case Q8_0 -> {
                for (int block = 0; block < count / 32; block++) {
                    long at = offset + 34L * block;
                    float scale = Float.float16ToFloat(from.get(JAVA_SHORT_UNALIGNED, at));
                    for (int i = 0; i < 32; i++) {
                        to[start + 32 * block + i] = scale * from.get(JAVA_BYTE, at + 2 + i);
                    }
                }
            }
            case I32 ->
                    throw new IllegalArgumentException(
                            "I32 holds numbers of rows and tokens, not weights");
        }
    }

    /**
     * Encodes {@code count} numbers (whole blocks), rounding to nearest even; Q8_0 as ggml's
     * reference does.
     */
    public static void encode(
            DType dtype, float[] from, int start, int count, MemorySegment to, long offset) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(from, start, to, JAVA_FLOAT_UNALIGNED, offset, count);
            case F16 -> {
                for (int i = 0; i < count; i++) {
                    to.set(
                            JAVA_SHORT_UNALIGNED,
                            offset + 2L * i,
                            Float.floatToFloat16(from[start + i]));
                }
            }
            case BF16 -> {
                for (int i = 0; i < count; i++) {
                    to.set(JAVA_SHORT_UNALIGNED, offset + 2L * i, toBf16(from[start + i]));
                }
            }
            case Q8_0 -> {
                for (int block = 0; block < count / 32; block++) {
                    encodeQ8Block(from, start + 32 * block, to, offset + 34L * block);
                }
            }
            case I32 ->
                    throw new IllegalArgumentException(
                            "I32 holds numbers of rows and tokens, not weights");
        }
    }

    private static void encodeQ8Block(float[] from, int start, MemorySegment to, long at) {
        float largest = 0;
        for (int i = 0; i < 32; i++) {
            largest = Math.max(largest, Math.abs(from[start + i]));
        }
        float scale = largest / 127;
        float inverse = scale == 0 ? 0 : 1 / scale;
        to.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(scale));
        for (int i = 0; i < 32; i++) {
            // ggml rounds halves away from zero (roundf)
            float scaled = from[start + i] * inverse;
            to.set(
                    JAVA_BYTE,
                    at + 2 + i,
                    (byte) Math.copySign(Math.floor(Math.abs(scaled) + 0.5f), scaled));
        }
    }

    private static short toBf16(float value) {
        int bits = Float.floatToRawIntBits(value);
        if ((bits & 0x7fffffff) > 0x7f800000) {
            return (short) ((bits >>> 16) | 0x40); // keep a NaN a NaN
        }
        return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }

    private BlockFormat() {}
}
