package dev.cachalot.train;

import java.util.SplittableRandom;

/** Checks on a recipe's numbers, and seeds. */
final class Numbers {
    private static final long GOLDEN = 0x9e3779b97f4a7c15L; // 2^64 divided by the golden ratio

    /** A generator that depends on nothing but the seed and the index. */
    static SplittableRandom randomOf(long seed, long index) {
        long mixed = seed * GOLDEN + index;
        mixed = (mixed ^ (mixed >>> 32)) * GOLDEN;
        return new SplittableRandom(mixed ^ (mixed >>> 29));
    }

    static void requireAtLeast(String key, double value, double least) {
        if (!(value >= least) || Double.isInfinite(value)) { // also catches NaN
            throw new IllegalArgumentException(
                    "'" + key + "' is " + plain(value) + "; expected at least " + plain(least));
        }
    }

    static void requireBetween(String key, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new IllegalArgumentException(
                    "'"
                            + key
                            + "' is "
                            + plain(value)
                            + "; expected "
                            + plain(least)
                            + " to "
                            + plain(most));
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private Numbers() {}
}
