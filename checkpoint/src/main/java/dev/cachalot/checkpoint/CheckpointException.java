package dev.cachalot.checkpoint;

/** Everything that can be wrong with a checkpoint's contents, as opposed to reading its bytes. */
public abstract sealed class CheckpointException extends RuntimeException
        permits CheckpointFormatException,
                MetadataException,
                MissingTensorException,
                ShapeMismatchException,
                UnstorableNumberException,
                UnsupportedTensorException {
    private static final long serialVersionUID = 1;

    CheckpointException(String message) {
        super(message);
    }
}
