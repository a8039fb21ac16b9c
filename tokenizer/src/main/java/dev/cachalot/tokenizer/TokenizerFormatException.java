package dev.cachalot.tokenizer;

/**
 * A tokenizer's file or description contradicts itself; the message names the token, merge or key.
 */
public final class TokenizerFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TokenizerFormatException(String message) {
        super(message);
    }

    public TokenizerFormatException(String message, Throwable cause) {
        super(message, cause);
    }
}
