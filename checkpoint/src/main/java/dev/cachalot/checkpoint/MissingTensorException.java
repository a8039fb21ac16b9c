package dev.cachalot.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** A checkpoint lacks a tensor that the model needs. */
public final class MissingTensorException extends CheckpointException {
    private static final long serialVersionUID = 1;

    MissingTensorException(Path path, String name, List<String> nearest) {
        super(
                path
                        + ": tensor '"
                        + name
                        + "' is missing; "
                        + (nearest.isEmpty()
                                ? "the checkpoint holds no tensors at all"
                                : "the nearest names it holds are " + String.join(", ", nearest))
                        + "; the file may be incomplete or of another architecture");
    }
}
