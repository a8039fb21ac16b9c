package dev.cachalot.library;

/** The file is there and sound, but lacks what was asked of it (a tokenizer, a chat form). */
public final class UnusableModelException extends LibraryException {
    private static final long serialVersionUID = 1;

    UnusableModelException(String message) {
        super(message);
    }

    /** A longer context was asked for than the model has. */
    public static UnusableModelException context(int wanted, int longest) {
        return new UnusableModelException(
                "context is %,d; the model was built for at most %,d tokens"
                        .formatted(wanted, longest));
    }
}
