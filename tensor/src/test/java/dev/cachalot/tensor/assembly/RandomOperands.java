package dev.cachalot.tensor.assembly;

import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/** Operands of any instruction, most of which some instruction does not take. */
final class RandomOperands {
    private static final List<Gpr> GPRS = List.copyOf(EnumSet.allOf(Gpr.class));
    private static final List<Mask> MASKS = List.copyOf(EnumSet.allOf(Mask.class));
    private static final List<Mask> SOME_MASKS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(Mask.K0)));
    private static final int[] WIDTHS = {128, 256, 512};

    private final SplittableRandom random;
    private final boolean avx512;

    RandomOperands(SplittableRandom random, boolean avx512) {
        this.random = random;
        this.avx512 = avx512;
    }

    Object of(Class<?> type) {
        if (type == Vec.class) {
            return vec();
        } else if (type == Mem.class) {
            return mem();
        } else if (type == Source.class) {
            return random.nextInt(3) == 0 ? vec() : mem();
        } else if (type == Gpr.class) {
            return one(GPRS);
        } else if (type == Mask.class) {
            return one(MASKS);
        } else if (type == int.class) {
            return random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(128);
        } else if (type == long.class) {
            return random.nextBoolean() ? random.nextLong() : (long) random.nextInt();
        }
        throw new IllegalArgumentException("no operand of " + type);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Vec vec() {
        int bits = WIDTHS[random.nextInt(avx512 ? 3 : 2)];
        Vec vec = new Vec(random.nextInt(avx512 ? 32 : 16), bits, Mask.K0, false);
        if (!avx512 || random.nextInt(3) > 0) {
            return vec;
        }
        Mask mask = one(SOME_MASKS);
        return random.nextBoolean() ? vec.masked(mask) : vec.zeroed(mask);
    }

    private Mem mem() {
        Gpr base = one(GPRS);
        Gpr index = one(GPRS);
        int displacement = displacement();
        Mem mem =
                random.nextBoolean() || index == Gpr.RSP
                        ? Mem.at(base, displacement)
                        : Mem.at(base, index, 1 << random.nextInt(4), displacement);
        if (!avx512) {
            return mem;
        }
        return switch (random.nextInt(5)) {
            case 0 -> mem.masked(one(SOME_MASKS));
            case 1, 2 -> mem.broadcast();
            default -> mem;
        };
    }

    /**
     * Some that fit a byte, some that do as a multiple of an operand's size, some that never do.
     */
    private int displacement() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(-128, 128);
            case 2 -> random.nextInt();
            default -> random.nextInt(-130, 130) << random.nextInt(7);
        };
    }
}
