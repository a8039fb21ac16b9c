package dev.cachalot.tokenizer;

/** Writes conversations as ids, the same way for serving and for training. */
public interface ChatTemplate {
    /**
     * The ids after which the model writes the next answer.
     *
     * @throws InvalidConversationException when there is nothing to answer
     * @throws InvalidTextException when a message's text is broken
     */
    int[] prompt(Conversation conversation, Thinking thinking);

    /**
     * The ids of a whole conversation that ends with an answer. {@link #prompt} of what came before
     * that answer, with thinking on when the answer has reasoning, is a prefix of it.
     *
     * @throws InvalidConversationException when the last turn is not the assistant's
     * @throws InvalidTextException when a message's text is broken
     */
    TrainingExample example(Conversation conversation);
}
