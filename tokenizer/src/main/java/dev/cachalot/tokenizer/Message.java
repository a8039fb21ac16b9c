package dev.cachalot.tokenizer;

import java.util.List;
import java.util.Optional;

/**
 * One turn of a conversation.
 *
 * @param content what was said, plain text: no spelling in it acts as a control token
 * @param reasoning what an assistant thought before; empty where it answered directly
 * @param toolCalls what an assistant asked for after what it said, in its order
 * @param toolCallId the call that a tool's message answers, where it names one; the forms match by
 *     order
 */
public record Message(
        Role role,
        String content,
        Optional<String> reasoning,
        List<ToolCall> toolCalls,
        Optional<String> toolCallId) {
    /**
     * @throws InvalidConversationException when another role than the assistant reasons or calls
     *     tools, or another than a tool answers a call
     */
    public Message {
        toolCalls = List.copyOf(toolCalls);
        if (role != Role.ASSISTANT && (reasoning.isPresent() || !toolCalls.isEmpty())) {
            throw new InvalidConversationException(
                    "a %s message has %s; expected it only in assistant messages"
                            .formatted(role, reasoning.isPresent() ? "reasoning" : "tool calls"));
        }
        if (role != Role.TOOL && toolCallId.isPresent()) {
            throw new InvalidConversationException(
                    "a %s message answers a tool call; expected that only of tool messages"
                            .formatted(role));
        }
    }

    /** A message that neither calls a tool nor names a call. */
    public Message(Role role, String content, Optional<String> reasoning) {
        this(role, content, reasoning, List.of(), Optional.empty());
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

    /** An assistant's calls, after what it said first (often nothing). */
    public static Message calls(String content, ToolCall... calls) {
        return new Message(
                Role.ASSISTANT, content, Optional.empty(), List.of(calls), Optional.empty());
    }

    public static Message tool(String content) {
        return new Message(Role.TOOL, content, Optional.empty());
    }
}
