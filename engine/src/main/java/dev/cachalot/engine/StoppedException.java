package dev.cachalot.engine;

import org.jspecify.annotations.Nullable;

/** The engine was closed, or a computation failed. */
public final class StoppedException extends GenerationException {
    private static final long serialVersionUID = 1;

    StoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
