package dev.cachalot.engine;

import org.jspecify.annotations.Nullable;

/** Why a request was refused or broken off: a closed list. */
public abstract sealed class GenerationException extends RuntimeException
        permits OverloadedException,
                ContextOverflowException,
                ComputationFailedException,
                StoppedException {
    private static final long serialVersionUID = 1;

    GenerationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
