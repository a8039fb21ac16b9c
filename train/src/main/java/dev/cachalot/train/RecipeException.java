package dev.cachalot.train;

/** A recipe that cannot be followed: names the file, the key and what would be right. */
public final class RecipeException extends TrainingException {
    private static final long serialVersionUID = 1;

    RecipeException(String message) {
        super(message);
    }
}
