package dev.cachalot.checkpoint;

import java.nio.file.Path;

/** A tensor is well-formed, but stored in a way that this build cannot compute with. */
public final class UnsupportedTensorException extends CheckpointException {
    private static final long serialVersionUID = 1;

    UnsupportedTensorException(Path path, String name, String problem) {
        super(path + ": tensor '" + name + "' " + problem);
    }
}
