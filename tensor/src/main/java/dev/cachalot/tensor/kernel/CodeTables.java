package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import java.lang.foreign.MemorySegment;

/** Tables of formats whose codes are no numbers, as {@link BlockFormat} decodes them. */
final class CodeTables {
    /** Levels of IQ4_NL and IQ4_XS by pairs of codes: that of the lower half in the lower byte. */
    static final short[] IQ4 = pairs(DType.IQ4_NL, new byte[] {0, 0x3c}); // a scale of 1

    /** Twice the numbers of FP4 E2M1, by pairs. */
    static final short[] E2M1 = pairs(DType.MXFP4, new byte[] {(byte) 128});

    /** Scales of MXFP4 for those, by exponent. */
    static final float[] POWERS = powers();

    /** All numbers of FP8 E4M3, by code. */
    static final float[] E4M3 = e4m3();

    private static short[] pairs(DType dtype, byte[] scale) {
        byte[] block = new byte[dtype.blockBytes()];
        System.arraycopy(scale, 0, block, 0, scale.length);
        for (int code = 0; code < 16; code++) {
            block[scale.length + code] = (byte) code;
        }
        float[] levels = new float[32];
        BlockFormat.decode(dtype, MemorySegment.ofArray(block), 0, 32, levels, 0);
        short[] pairs = new short[256];
        for (int pair = 0; pair < 256; pair++) {
            pairs[pair] = (short) (((int) levels[pair & 15] & 255) | (int) levels[pair >> 4] << 8);
        }
        return pairs;
    }

    private static float[] powers() {
        float[] powers = new float[256];
        byte[] block = new byte[DType.MXFP4.blockBytes()];
        block[1] = 1; // the first code is 1, whose level is 1
        float[] numbers = new float[32];
        for (int exponent = 0; exponent < 256; exponent++) {
            block[0] = (byte) exponent;
            BlockFormat.decode(DType.MXFP4, MemorySegment.ofArray(block), 0, 32, numbers, 0);
            powers[exponent] = numbers[0];
        }
        return powers;
    }

    private static float[] e4m3() {
        byte[] codes = new byte[256];
        for (int code = 0; code < 256; code++) {
            codes[code] = (byte) code;
        }
        float[] numbers = new float[256];
        BlockFormat.decode(DType.F8_E4M3, MemorySegment.ofArray(codes), 0, 256, numbers, 0);
        return numbers;
    }

    private CodeTables() {}
}
