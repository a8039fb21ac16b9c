package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.List;

/** The turns so far, oldest first. */
public record Conversation(List<Message> messages) {
    public Conversation {
        messages = List.copyOf(messages);
    }

    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages));
    }

    /** This conversation and one more turn. */
    public Conversation plus(Message next) {
        List<Message> more = new ArrayList<>(messages);
        more.add(next);
        return new Conversation(more);
    }
}
