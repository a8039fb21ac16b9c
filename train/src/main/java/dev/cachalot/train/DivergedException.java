package dev.cachalot.train;

/** Loss or gradient stopped being a number; the last checkpoint is from before that. */
public final class DivergedException extends TrainingException {
    private static final long serialVersionUID = 1;

    DivergedException(String message) {
        super(message);
    }
}
