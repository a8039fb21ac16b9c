package dev.cachalot.tensor;

import java.util.Arrays;

/**
 * Sizes of a tensor, slowest-moving dimension first (PyTorch order, the reverse of ggml's {@code
 * ne}).
 */
public final class Shape {
    private final long[] dims;
    private final long elements;

    private Shape(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw new IllegalArgumentException(
                        "shape " + Arrays.toString(dims) + " has a negative size");
            }
            product = Math.multiplyExact(product, dim);
        }
        this.dims = dims;
        this.elements = product;
    }

    /**
     * A shape of the given sizes.
     *
     * @throws IllegalArgumentException if a size is negative
     * @throws ArithmeticException if the product exceeds a long
     */
    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int index) {
        return dims[index];
    }

    /** Product of all sizes; 1 for rank 0. */
    public long elements() {
        return elements;
    }

    /** The last size: numbers that lie side by side. 1 for rank 0. */
    public long width() {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    /** Product of all sizes but the last. */
    public long rows() {
        long product = 1;
        for (int i = 0; i + 1 < dims.length; i++) {
            product *= dims[i];
        }
        return product;
    }

    /** A copy of the sizes. */
    public long[] toArray() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims);
    }
}
