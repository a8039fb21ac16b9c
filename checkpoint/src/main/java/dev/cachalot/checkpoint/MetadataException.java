package dev.cachalot.checkpoint;

/** A key of a checkpoint's metadata is missing or holds another type than the caller needs. */
public final class MetadataException extends CheckpointException {
    private static final long serialVersionUID = 1;

    MetadataException(String message) {
        super(message);
    }
}
