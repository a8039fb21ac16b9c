package dev.cachalot.tokenizer;

import java.util.Optional;

/**
 * One turn of a conversation.
 *
 * @param content what was said, plain text: no spelling in it acts as a control token
 * @param reasoning what an assistant thought before; empty where it answered directly
 */
public record Message(Role role, String content, Optional<String> reasoning) {
    /**
     * @throws InvalidConversationException when another role than the assistant reasons
     */
    public Message {
        if (reasoning.isPresent() && role != Role.ASSISTANT) {
            throw new InvalidConversationException(
                    "a %s message has reasoning; expected it only in assistant messages"
                            .formatted(role));
        }
    }

    public static Message system(String content) {
        return new Message(Role.SYSTEM, content, Optional.empty());
    }

    public static Message user(String content) {
        return new Message(Role.USER, content, Optional.empty());
    }

    /** An answer given without thinking. */
    public static Message assistant(String content) {
        return new Message(Role.ASSISTANT, content, Optional.empty());
    }

    /** An answer given after thinking. */
    public static Message assistant(String reasoning, String content) {
        return new Message(Role.ASSISTANT, content, Optional.of(reasoning));
    }

    public static Message tool(String content) {
        return new Message(Role.TOOL, content, Optional.empty());
    }
}
