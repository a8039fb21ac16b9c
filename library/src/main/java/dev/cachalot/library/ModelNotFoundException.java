package dev.cachalot.library;

/** No file goes by that name. */
public final class ModelNotFoundException extends LibraryException {
    private static final long serialVersionUID = 1;

    ModelNotFoundException(String message) {
        super(message);
    }
}
