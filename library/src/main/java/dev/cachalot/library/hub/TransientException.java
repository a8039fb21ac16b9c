package dev.cachalot.library.hub;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that may pass: worth another try. Never leaves this package. */
final class TransientException extends Exception {
    private static final long serialVersionUID = 1;

    private final @Nullable Duration after;

    TransientException(String message) {
        this(message, null);
    }

    TransientException(String message, @Nullable Duration after) {
        super(message);
        this.after = after;
    }

    /** How long the hub asks us to wait. */
    Optional<Duration> after() {
        return Optional.ofNullable(after);
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
