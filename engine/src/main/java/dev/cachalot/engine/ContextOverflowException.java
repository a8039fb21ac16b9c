package dev.cachalot.engine;

/** The prompt leaves no room for a completion. */
public final class ContextOverflowException extends GenerationException {
    private static final long serialVersionUID = 1;
    private final int promptTokens;
    private final int contextLength;

    ContextOverflowException(int promptTokens, int contextLength) {
        super(
                "the prompt has "
                        + promptTokens
                        + " tokens; the context holds "
                        + contextLength
                        + ", completion included: shorten the prompt, or start with a longer context",
                null);
        this.promptTokens = promptTokens;
        this.contextLength = contextLength;
    }

    /** Tokens of the refused prompt. */
    public int promptTokens() {
        return promptTokens;
    }

    /** Most tokens of a sequence. */
    public int contextLength() {
        return contextLength;
    }
}
