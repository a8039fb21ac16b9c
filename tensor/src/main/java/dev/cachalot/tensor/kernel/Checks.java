package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Tensor;

/**
 * What every rung checks before it touches memory, in the plain words of {@link
 * dev.cachalot.tensor.Kernels}: kinds, sizes and numbers of rows. All throw {@link
 * IllegalArgumentException} saying what was found and what was expected.
 */
final class Checks {

    /** The tensor must hold 32-bit floats. */
    static void floats(String name, Tensor tensor) {
        dtype(name, tensor, DType.F32);
    }

    /** The tensor must hold numbers of {@code expected}. */
    static void dtype(String name, Tensor tensor, DType expected) {
        if (tensor.dtype() != expected) {
            throw new IllegalArgumentException(
                    name + " is " + tensor + "; expected numbers of type " + expected);
        }
    }

    /** The tensor must be a weight: of any type that decodes to floats. */
    static void weight(String name, Tensor tensor) {
        if (tensor.dtype() == DType.I32) {
            throw new IllegalArgumentException(
                    name + " is " + tensor + "; expected a type of weights: floats or blocks");
        }
    }

    /** The tensor must be F32 [rows, width]. */
    static void matrix(String name, Tensor tensor, int rows, int width) {
        floats(name, tensor);
        size(name, tensor, rows, width);
    }

    /** The tensor must be [rows, width] of any type. */
    static void size(String name, Tensor tensor, int rows, int width) {
        if (tensor.rows() != rows || tensor.width() != width) {
            throw new IllegalArgumentException(
                    name + " is " + tensor + "; expected [" + rows + ", " + width + "]");
        }
    }

    /** The tensor must be F32 [.., width]. */
    static void width(String name, Tensor tensor, int width) {
        floats(name, tensor);
        if (tensor.width() != width) {
            throw new IllegalArgumentException(
                    name + " is " + tensor + "; expected rows of " + width + " numbers");
        }
    }

    /** Both must be F32 of the same number of rows and columns. */
    static void alike(String name, Tensor tensor, String otherName, Tensor other) {
        floats(otherName, other);
        floats(name, tensor);
        if (tensor.rows() != other.rows() || tensor.width() != other.width()) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + tensor
                            + "; expected the size of "
                            + otherName
                            + ", which is "
                            + other);
        }
    }

    /**
     * The tensor must lie outside the heap, in rows that machine code copies 16 numbers at a time.
     */
    static void copied(String name, Tensor tensor) {
        if (!tensor.segment().isNative() || tensor.width() % 16 != 0) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + tensor
                            + "; expected memory outside the heap and rows of a multiple of 16"
                            + " numbers");
        }
    }

    /** The rows must lie side by side. */
    static void contiguous(String name, Tensor tensor) {
        if (!tensor.isContiguous()) {
            throw new IllegalArgumentException(
                    name
                            + " is "
                            + tensor
                            + " with rows "
                            + tensor.rowBytes()
                            + " bytes apart; expected rows side by side");
        }
    }

    /** An array must have one entry for each of {@code expected} things. */
    static void length(String name, int found, int expected) {
        if (found != expected) {
            throw new IllegalArgumentException(
                    name + " has " + found + " entries; expected " + expected);
        }
    }

    /** Every entry must number one of {@code limit} rows. */
    static void indexes(String name, int[] indexes, int limit) {
        for (int i = 0; i < indexes.length; i++) {
            if (indexes[i] < 0 || indexes[i] >= limit) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is " + indexes[i] + "; expected 0 to " + (limit - 1));
            }
        }
    }

    /** Rows {@code from} to {@code from + count} must lie in the tensor. */
    static void rows(String name, Tensor tensor, int from, int count) {
        if (from < 0 || count < 0 || count > tensor.rows() - from) {
            throw new IllegalArgumentException(
                    "rows "
                            + from
                            + "+"
                            + count
                            + " do not lie in "
                            + name
                            + ", which is "
                            + tensor);
        }
    }

    private Checks() {}
}
