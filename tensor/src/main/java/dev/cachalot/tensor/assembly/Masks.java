package dev.cachalot.tensor.assembly;

import java.util.Locale;

/** The write mask of a destination, in words and checked. */
final class Masks {
    static Mask some(Mask mask) {
        if (mask == Mask.K0) {
            throw new IllegalArgumentException("k0 cannot be a write mask; take k1 to k7");
        }
        return mask;
    }

    static String suffix(Mask mask) {
        return mask == Mask.K0 ? "" : "{" + mask.name().toLowerCase(Locale.ROOT) + "}";
    }

    /** Memory that an instruction without masks and broadcasts reads or writes. */
    static void plain(Mem mem) {
        if (mem.mask() != Mask.K0 || mem.repeated()) {
            throw new IllegalArgumentException(
                    "a mask or a broadcast on " + mem + "; only vector instructions have them");
        }
    }

    private Masks() {}
}
