package dev.cachalot.train;

/** Everything that can stop a training run, as opposed to a mistake in a call. */
public abstract sealed class TrainingException extends RuntimeException
        permits RecipeException, RunDirectoryException, TrainingSetupException, DivergedException {
    private static final long serialVersionUID = 1;

    TrainingException(String message) {
        super(message);
    }

    TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
