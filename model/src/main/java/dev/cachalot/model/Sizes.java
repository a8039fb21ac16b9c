package dev.cachalot.model;

/** Checks on sizes that come from a file. */
final class Sizes {
    /** No published model comes near it; it keeps products of two sizes inside a long. */
    private static final int LARGEST = 1 << 24;

    static void checkPositive(String name, int value) {
        if (value <= 0 || value > LARGEST) {
            throw new UnsupportedModelException(
                    name
                            + " is "
                            + value
                            + "; expected 1 to "
                            + LARGEST
                            + ". The model's configuration is broken");
        }
    }

    /** Two sizes times each other, which must stay a size. */
    static int product(String name, int a, int b) {
        long product = (long) a * b;
        if (product <= 0 || product > LARGEST) {
            throw new UnsupportedModelException(
                    name
                            + " is "
                            + a
                            + " * "
                            + b
                            + "; expected 1 to "
                            + LARGEST
                            + ". The model's configuration is broken");
        }
        return (int) product;
    }

    /** What {@code size} is divided among {@code parts}, which must come out even. */
    static int divided(String name, int size, int parts) {
        if (size % parts != 0) {
            throw new UnsupportedModelException(
                    name
                            + " is "
                            + size
                            + ", which "
                            + parts
                            + " heads do not divide, and the file states no width of a head");
        }
        return size / parts;
    }

    private Sizes() {}
}
