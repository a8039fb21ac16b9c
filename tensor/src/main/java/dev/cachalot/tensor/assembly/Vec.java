package dev.cachalot.tensor.assembly;

/**
 * A vector register, and the write mask when it is a destination.
 *
 * @param number 0 to 31; above 15 only AVX-512 reaches it
 * @param bits 128, 256 or 512
 * @param mask which lanes are written; K0 is all
 * @param zeroing whether the other lanes become 0 instead of staying
 */
public record Vec(int number, int bits, Mask mask, boolean zeroing) implements Source {
    public Vec {
        if (number < 0 || number > 31) {
            throw new IllegalArgumentException("vector register " + number + "; expected 0 to 31");
        }
        if (bits != 128 && bits != 256 && bits != 512) {
            throw new IllegalArgumentException(
                    "a vector register of " + bits + " bits; expected 128, 256 or 512");
        }
    }

    public static Vec xmm(int number) {
        return new Vec(number, 128, Mask.K0, false);
    }

    public static Vec ymm(int number) {
        return new Vec(number, 256, Mask.K0, false);
    }

    public static Vec zmm(int number) {
        return new Vec(number, 512, Mask.K0, false);
    }

    /** The register of this number with another width. */
    public Vec as(int width) {
        return new Vec(number, width, Mask.K0, false);
    }

    /** As a destination of which lanes outside the mask stay as they are. */
    public Vec masked(Mask lanes) {
        return new Vec(number, bits, Masks.some(lanes), false);
    }

    /** As a destination of which lanes outside the mask become 0. */
    public Vec zeroed(Mask lanes) {
        return new Vec(number, bits, Masks.some(lanes), true);
    }

    @Override
    public String toString() {
        String name = (bits == 512 ? "zmm" : bits == 256 ? "ymm" : "xmm") + number;
        return name + Masks.suffix(mask) + (zeroing ? "{z}" : "");
    }
}
