package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;

/** The whole numbers by which groups of a block of 256 scale, as ggml's K formats pack them. */
final class SuperScales {

    /** Where a block has its halves; {@code dMin} is negative where it has none. */
    record Places(int d, int dMin) {}

    static Places places(DType dtype) {
        return switch (dtype) {
            case Q2_K -> new Places(80, 82);
            case Q3_K -> new Places(108, -1);
            case Q4_K, Q5_K -> new Places(0, 2);
            case Q6_K -> new Places(208, -1);
            case IQ4_XS -> new Places(0, -1);
            default -> throw new IllegalArgumentException(dtype + " has no blocks of 256");
        };
    }

    /** Scale of group {@code g} of the block at the start of {@code raw}. */
    static int scale(DType dtype, byte[] raw, int g) {
        return switch (dtype) {
            case Q2_K -> raw[g] & 15;
            case Q3_K -> {
                int low = raw[96 + g % 8] >> (g < 8 ? 0 : 4);
                int high = raw[104 + g % 4] >> (g / 4 * 2);
                yield ((low & 15) | ((high & 3) << 4)) - 32;
            }
            case Q4_K, Q5_K -> g < 4 ? raw[4 + g] & 63 : (raw[8 + g] & 15) | ((raw[g] >> 2) & 48);
            case Q6_K -> raw[192 + g];
            case IQ4_XS -> {
                int upper = ((raw[2] & 255) | ((raw[3] & 255) << 8)) >> (2 * g);
                int low = raw[4 + g / 2] >> (4 * (g & 1));
                yield ((low & 15) | ((upper & 3) << 4)) - 32;
            }
            default -> throw new IllegalArgumentException(dtype + " has no scales of groups");
        };
    }

    /** Minimum of group {@code g}, for the formats that have one. */
    static int minimum(DType dtype, byte[] raw, int g) {
        return switch (dtype) {
            case Q2_K -> (raw[g] >> 4) & 15;
            case Q4_K, Q5_K ->
                    g < 4 ? raw[8 + g] & 63 : ((raw[8 + g] >> 4) & 15) | ((raw[4 + g] >> 2) & 48);
            default -> throw new IllegalArgumentException(dtype + " has no minimums of groups");
        };
    }

    private SuperScales() {}
}
