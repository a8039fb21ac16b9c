package dev.cachalot.train;

/** The folder of a run cannot be used, or holds another run. */
public final class RunDirectoryException extends TrainingException {
    private static final long serialVersionUID = 1;

    RunDirectoryException(String message) {
        super(message);
    }

    RunDirectoryException(String message, Throwable cause) {
        super(message, cause);
    }
}
