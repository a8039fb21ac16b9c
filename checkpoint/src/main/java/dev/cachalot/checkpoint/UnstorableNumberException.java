package dev.cachalot.checkpoint;

import dev.cachalot.tensor.DType;

/** A number does not fit the type it is to be stored as, and would silently become infinite. */
public final class UnstorableNumberException extends CheckpointException {
    private static final long serialVersionUID = 1;

    UnstorableNumberException(String tensor, float number, DType stored) {
        super(
                "tensor '%s' holds %s, which %s cannot store; store it as BF16 or F32"
                        .formatted(tensor, number, stored));
    }
}
