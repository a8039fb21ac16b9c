package dev.cachalot.cli;

/**
 * The user asked for something that cannot be done; the message is one line and says what to try.
 */
final class UserException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UserException(String message) {
        super(message);
    }
}
