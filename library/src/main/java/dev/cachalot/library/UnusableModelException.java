package dev.cachalot.library;

/** The file is there and sound, but lacks what was asked of it (a tokenizer, a chat form). */
public final class UnusableModelException extends LibraryException {
    private static final long serialVersionUID = 1;

    UnusableModelException(String message) {
        super(message);
    }
}
