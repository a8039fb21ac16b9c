package dev.cachalot.tensor.assembly;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An operand in memory: base + index * scale + displacement, or a place in the code itself.
 *
 * @param index RSP is no index, as in the encoding
 * @param scale 1, 2, 4 or 8
 * @param displacement in bytes; the encoder takes the short form where it fits
 * @param repeated whether one element is read and repeated in all lanes (AVX-512's {1toN})
 * @param mask which lanes are written when this is a destination; K0 is all
 * @param label when present, the address is this label's and base and index are not used
 */
public record Mem(
        Gpr base,
        Gpr index,
        int scale,
        int displacement,
        boolean repeated,
        Mask mask,
        @Nullable Label label)
        implements Source {
    private static final Gpr NONE = Gpr.RSP;

    public Mem {
        if (scale != 1 && scale != 2 && scale != 4 && scale != 8) {
            throw new IllegalArgumentException("scale " + scale + "; expected 1, 2, 4 or 8");
        }
    }

    public static Mem at(Gpr base) {
        return at(base, 0);
    }

    public static Mem at(Gpr base, int displacement) {
        return new Mem(base, NONE, 1, displacement, false, Mask.K0, null);
    }

    public static Mem at(Gpr base, Gpr index, int scale) {
        return at(base, index, scale, 0);
    }

    /** The index may be any register but RSP. */
    public static Mem at(Gpr base, Gpr index, int scale, int displacement) {
        if (index == NONE) {
            throw new IllegalArgumentException(
                    "rsp cannot be an index; use it as the base, or another register");
        }
        return new Mem(base, index, scale, displacement, false, Mask.K0, null);
    }

    /** The place of a label in the same code: constants that travel with a routine. */
    public static Mem of(Label label) {
        return new Mem(Gpr.RAX, NONE, 1, 0, false, Mask.K0, label);
    }

    /** The address that many bytes further. */
    public Mem plus(int bytes) {
        int sum = Math.addExact(displacement, bytes);
        return new Mem(base, index, scale, sum, repeated, mask, label);
    }

    /** One element, repeated in all lanes. */
    public Mem broadcast() {
        return new Mem(base, index, scale, displacement, true, mask, label);
    }

    /** As a destination of which only the lanes of the mask are written. */
    public Mem masked(Mask lanes) {
        return new Mem(base, index, scale, displacement, repeated, Masks.some(lanes), label);
    }

    boolean indexed() {
        return index != NONE;
    }

    @Override
    public String toString() {
        String from = label != null ? "rip" : base.name().toLowerCase(Locale.ROOT);
        String by = indexed() ? "+" + index.name().toLowerCase(Locale.ROOT) + "*" + scale : "";
        String sum = "[" + from + by + (displacement < 0 ? "" : "+") + displacement + "]";
        return sum + Masks.suffix(mask) + (repeated ? "{1toN}" : "");
    }
}
