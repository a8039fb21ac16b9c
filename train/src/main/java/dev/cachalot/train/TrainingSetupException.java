package dev.cachalot.train;

/** A model or data set cannot be trained as configured. */
public final class TrainingSetupException extends TrainingException {
    private static final long serialVersionUID = 1;

    TrainingSetupException(String message) {
        super(message);
    }
}
