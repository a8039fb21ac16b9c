package dev.cachalot.library;

import dev.cachalot.library.hub.HubException;

/** Why a model cannot be had: a closed list. The message says what was found and what to try. */
public abstract sealed class LibraryException extends RuntimeException
        permits ModelNotFoundException, UnusableModelException, HubException {
    private static final long serialVersionUID = 1;

    /** For the kinds that lie in packages of their own. */
    protected LibraryException(String message) {
        super(message);
    }
}
