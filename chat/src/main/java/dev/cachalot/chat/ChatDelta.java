package dev.cachalot.chat;

/** The next piece of what the model says; never empty, and no piece ends within a character. */
public sealed interface ChatDelta {
    /** What is said. */
    String text();

    /** A piece of the thinking before the answer. */
    record Reasoning(String text) implements ChatDelta {}

    /** A piece of the answer. */
    record Answer(String text) implements ChatDelta {}
}
