package dev.cachalot.tensor;

/**
 * A matrix [outputs, inputs] in the form that one {@link Kernels} wants it: plain, repacked, on a
 * device. Made by {@link Kernels#prepare}; usable only with the kernels that made it.
 */
public interface Weight {

    /**
     * The matrix it was made from: [outputs, inputs]. Must stay valid as long as the weight is
     * used.
     */
    Tensor source();

    /** Rows of the matrix. */
    default int outputs() {
        return source().rows();
    }

    /** Columns of the matrix. */
    default int inputs() {
        return source().width();
    }
}
