package dev.cachalot.engine;

/** The engine's exceptions for tests of rooms above it; their constructors are the engine's own. */
public final class Refusals {
    public static OverloadedException overloaded() {
        return new OverloadedException(4);
    }

    public static ContextOverflowException overflow(int promptTokens, int contextLength) {
        return new ContextOverflowException(promptTokens, contextLength);
    }

    public static StoppedException stopped() {
        return new StoppedException("the engine is closed", null);
    }

    public static ComputationFailedException failed() {
        return new ComputationFailedException("the logits are not numbers", null);
    }

    private Refusals() {}
}
