package dev.cachalot.chat;

/** The next piece of what the model says; never empty, and no piece ends within a character. */
public sealed interface ChatDelta {
    /** What is said; where a tool call begins, the name of the function. */
    String text();

    /** A piece of the thinking before the answer. */
    record Reasoning(String text) implements ChatDelta {}

    /** A piece of the answer. */
    record Answer(String text) implements ChatDelta {}

    /**
     * A function is asked for; its arguments follow. What was said before it is complete.
     *
     * @param index of the call in this answer, from 0
     * @param id unique within the answer; the same again for the same prompt
     * @param name of the function as the model wrote it; perhaps none of those on offer
     */
    record ToolCallBegin(int index, String id, String name) implements ChatDelta {
        @Override
        public String text() {
            return name;
        }
    }

    /**
     * A piece of the arguments of the last call that has begun: JSON text as the model writes it,
     * so perhaps broken.
     *
     * @param index of the call
     */
    record ToolCallArguments(int index, String text) implements ChatDelta {}
}
