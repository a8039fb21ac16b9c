package dev.cachalot.engine;

import org.jspecify.annotations.Nullable;

/** The model could not be computed: a forward failed, or its logits are no numbers. */
public final class ComputationFailedException extends GenerationException {
    private static final long serialVersionUID = 1;

    ComputationFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
