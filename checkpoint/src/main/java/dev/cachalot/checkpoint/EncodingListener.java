package dev.cachalot.checkpoint;

import dev.cachalot.tensor.DType;

/** Is told what a writer has written, in the order of the file, by the thread that writes. */
@FunctionalInterface
public interface EncodingListener {
    /** Listens to nothing. */
    EncodingListener SILENT = (_, _, _, _, _) -> {};

    /**
     * Some more numbers of a tensor are written.
     *
     * @param squaredError sum of the squares of what encoding changed
     * @param squares sum of the numbers' squares; 0 where bytes were copied
     */
    void written(String tensor, DType stored, long numbers, double squaredError, double squares);
}
