package dev.cachalot.model;

/**
 * A model that is broken, or that this build does not know; the message says which, and what is
 * known.
 */
public final class UnsupportedModelException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnsupportedModelException(String message) {
        super(message);
    }
}
