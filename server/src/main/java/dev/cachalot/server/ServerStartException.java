package dev.cachalot.server;

import org.jspecify.annotations.Nullable;

/** The server cannot be started; the message says why and what to try. */
public final class ServerStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ServerStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
