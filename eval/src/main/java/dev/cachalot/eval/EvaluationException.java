package dev.cachalot.eval;

/** An evaluation that could not be carried out. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EvaluationException(String message, Throwable cause) {
        super(message, cause);
    }
}
