package dev.cachalot.checkpoint;

import dev.cachalot.tensor.Shape;
import java.nio.file.Path;

/** A tensor has another shape than the model was configured for. */
public final class ShapeMismatchException extends CheckpointException {
    private static final long serialVersionUID = 1;

    ShapeMismatchException(Path path, String name, Shape expected, Shape found) {
        super(
                path
                        + ": tensor '"
                        + name
                        + "' has shape "
                        + found
                        + ", expected "
                        + expected
                        + " (slowest dimension first); tensors and configuration do not belong"
                        + " together");
    }
}
