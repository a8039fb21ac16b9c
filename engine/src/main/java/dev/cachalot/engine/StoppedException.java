package dev.cachalot.engine;

import org.jspecify.annotations.Nullable;

/** The engine was closed. */
public final class StoppedException extends GenerationException {
    private static final long serialVersionUID = 1;

    StoppedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
