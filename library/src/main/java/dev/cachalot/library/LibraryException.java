package dev.cachalot.library;

/** Why a model cannot be had: a closed list. The message says what was found and what to try. */
public abstract sealed class LibraryException extends RuntimeException
        permits ModelNotFoundException, UnusableModelException {
    private static final long serialVersionUID = 1;

    LibraryException(String message) {
        super(message);
    }
}
