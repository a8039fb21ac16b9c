package dev.cachalot.tokenizer;

/** Writes conversations as ids, the same way for serving and for training. */
public interface ChatTemplate {
    /**
     * The ids after which the model writes the next answer.
     *
     * @throws InvalidConversationException when there is nothing to answer, or the form has no
     *     place for a turn
     * @throws InvalidTextException when a message's text is broken
     * @throws ChatTemplateException when a template that came with a file fails
     */
    int[] prompt(Conversation conversation, Thinking thinking);

    /**
     * The ids of a whole conversation that ends with an answer. {@link #prompt} of what came before
     * that answer, with thinking on when the answer has reasoning, is a prefix of it.
     *
     * @throws InvalidConversationException when the last turn is not the assistant's
     * @throws InvalidTextException when a message's text is broken
     * @throws ChatTemplateException when a template that came with a file fails
     */
    TrainingExample example(Conversation conversation);

    /** Whether the form has a place for reasoning before the answer. */
    boolean thinks();

    /** How the model spells its tool calls in this form. */
    ToolCallForm toolCallForm();
}
