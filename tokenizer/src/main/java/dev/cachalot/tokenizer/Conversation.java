package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.List;

/**
 * The turns so far, oldest first.
 *
 * @param tools the functions that the model may ask for
 */
public record Conversation(List<Message> messages, List<Tool> tools) {
    public Conversation {
        messages = List.copyOf(messages);
        tools = List.copyOf(tools);
    }

    /** A conversation without tools. */
    public Conversation(List<Message> messages) {
        this(messages, List.of());
    }

    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages));
    }

    /** This conversation and one more turn. */
    public Conversation plus(Message next) {
        List<Message> more = new ArrayList<>(messages);
        more.add(next);
        return new Conversation(more, tools);
    }

    /** This conversation with these tools. */
    public Conversation with(Tool... offered) {
        return new Conversation(messages, List.of(offered));
    }
}
