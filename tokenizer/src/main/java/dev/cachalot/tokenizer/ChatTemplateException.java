package dev.cachalot.tokenizer;

/**
 * A chat template that came with a model's file is broken, or does what it may not: the message
 * says where and what.
 */
public final class ChatTemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChatTemplateException(String message) {
        super(message);
    }
}
