package dev.cachalot.tokenizer;

/** A conversation that the template has no form for; the message names the turn. */
public final class InvalidConversationException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    InvalidConversationException(String message) {
        super(message);
    }
}
