package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Writes blocks of 256 numbers: the best scale (and minimum) of each group by {@link ScaleSearch},
 * these rounded to codes of their own, then every number rounded again under what was stored. Large
 * numbers weigh more in the search, as in ggml's reference. One thread's.
 */
final class SuperEncoder {
    private static final int BLOCK = 256;

    private final ScaleSearch search = new ScaleSearch();
    private final float[] weights = new float[32];
    private final float[] scales = new float[16];
    private final float[] minimums = new float[8];
    private final int[] scaleCodes = new int[16];
    private final int[] minimumCodes = new int[8];
    private final int[] codes = new int[BLOCK];

    void encode(DType dtype, float[] from, int start, MemorySegment to, long at) {
        switch (dtype) {
            case Q4_K -> {
                affine(from, start, 15, -1, 20, to, at);
                writeNibbles(to, at + 16);
            }
            case Q5_K -> {
                affine(from, start, 31, -1, 30, to, at);
                writeNibbles(to, at + 48);
                for (int i = 0; i < 32; i++) {
                    int bits = 0;
                    for (int group = 0; group < 8; group++) {
                        bits |= (codes[32 * group + i] >> 4) << group;
                    }
                    to.set(JAVA_BYTE, at + 16 + i, (byte) bits);
                }
            }
            case Q6_K -> {
                signed(from, start, to, at);
                writeSixBits(to, at);
            }
            default -> throw new IllegalArgumentException(dtype + " is not written in blocks");
        }
    }

    private void affine(
            float[] x, int start, int most, float first, int tries, MemorySegment to, long at) {
        float largestScale = 0;
        float largestMinimum = 0;
        for (int group = 0; group < 8; group++) {
            int from = start + 32 * group;
            weigh(x, from);
            search.affine(x, from, 32, most, first, tries, weights);
            scales[group] = search.scale();
            minimums[group] = -search.minimum();
            largestScale = Math.max(largestScale, scales[group]);
            largestMinimum = Math.max(largestMinimum, minimums[group]);
        }
        float d = half(largestScale / 63, to, at);
        float dMin = half(largestMinimum / 63, to, at + 2);
        for (int group = 0; group < 8; group++) {
            scaleCodes[group] = sixBits(scales[group], largestScale);
            minimumCodes[group] = sixBits(minimums[group], largestMinimum);
            float scale = d * scaleCodes[group];
            float minimum = dMin * minimumCodes[group];
            float inverse = scale == 0 ? 0 : 1 / scale;
            for (int i = 32 * group; i < 32 * group + 32; i++) {
                codes[i] = Math.clamp(round((x[start + i] + minimum) * inverse), 0, most);
            }
        }
        writeScales(to, at + 4);
    }

    /** A number weighs its size and the root of the group's mean square. */
    private void weigh(float[] x, int from) {
        float squares = 0;
        for (int i = 0; i < 32; i++) {
            squares += x[from + i] * x[from + i];
        }
        float root = (float) Math.sqrt(squares / 32);
        for (int i = 0; i < 32; i++) {
            weights[i] = root + Math.abs(x[from + i]);
        }
    }

    private void signed(float[] x, int start, MemorySegment to, long at) {
        float largest = 0;
        for (int group = 0; group < 16; group++) {
            search.signed(x, start + 16 * group, 16, 32);
            scales[group] = search.scale();
            if (Math.abs(scales[group]) > Math.abs(largest)) {
                largest = scales[group];
            }
        }
        float d = half(largest / -128, to, at + 208);
        float toCode = largest == 0 ? 0 : -128 / largest;
        for (int group = 0; group < 16; group++) {
            scaleCodes[group] = Math.clamp(round(toCode * scales[group]), -128, 127);
            float scale = d * scaleCodes[group];
            float inverse = scale == 0 ? 0 : 1 / scale;
            for (int i = 16 * group; i < 16 * group + 16; i++) {
                codes[i] = Math.clamp(round(x[start + i] * inverse), -32, 31) + 32;
            }
            to.set(JAVA_BYTE, at + 192 + group, (byte) scaleCodes[group]);
        }
    }

    private static int round(float number) {
        return (int) Math.rint(number);
    }

    /** A share of the largest, as a code of six bits. */
    private static int sixBits(float number, float largest) {
        return largest == 0 ? 0 : Math.clamp(round(63 / largest * number), 0, 63);
    }

    /** Stores a half; gives the number that will be read. */
    private static float half(float number, MemorySegment to, long at) {
        short bits = Float.floatToFloat16(number);
        to.set(JAVA_SHORT_UNALIGNED, at, bits);
        return Float.float16ToFloat(bits);
    }

    /** Twelve bytes of eight scales and minimums, as {@link SuperBlocks#scale} reads them. */
    private void writeScales(MemorySegment to, long at) {
        for (int j = 0; j < 4; j++) {
            int scale = scaleCodes[j + 4];
            int minimum = minimumCodes[j + 4];
            to.set(JAVA_BYTE, at + j, (byte) (scaleCodes[j] | scale >> 4 << 6));
            to.set(JAVA_BYTE, at + 4 + j, (byte) (minimumCodes[j] | minimum >> 4 << 6));
            to.set(JAVA_BYTE, at + 8 + j, (byte) ((scale & 15) | (minimum & 15) << 4));
        }
    }

    private void writeNibbles(MemorySegment to, long at) {
        for (int i = 0; i < BLOCK / 2; i++) {
            int first = i / 32 * 64 + i % 32;
            to.set(JAVA_BYTE, at + i, (byte) ((codes[first] & 15) | (codes[first + 32] & 15) << 4));
        }
    }

    /** Lower four and upper two bits, as {@link SuperBlocks#decodeQ6} reads them. */
    private void writeSixBits(MemorySegment to, long at) {
        for (int half = 0; half < 2; half++) {
            for (int i = 0; i < 32; i++) {
                int a = codes[128 * half + i];
                int b = codes[128 * half + i + 32];
                int c = codes[128 * half + i + 64];
                int d = codes[128 * half + i + 96];
                long lower = at + 64L * half + i;
                to.set(JAVA_BYTE, lower, (byte) ((a & 15) | (c & 15) << 4));
                to.set(JAVA_BYTE, lower + 32, (byte) ((b & 15) | (d & 15) << 4));
                int upper = a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6;
                to.set(JAVA_BYTE, at + 128 + 32L * half + i, (byte) upper);
            }
        }
    }
}
