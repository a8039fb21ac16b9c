package dev.cachalot.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/** A chat form that is written by our own code; says who speaks in what order. */
abstract class WrittenTemplate implements ChatTemplate {
    private final String name;
    private final Tokenizer tokenizer;
    private final AddedTokenMatcher marks;

    /**
     * @param name of the form, for messages
     */
    WrittenTemplate(String name, Tokenizer tokenizer) {
        this.name = name;
        this.tokenizer = tokenizer;
        this.marks = PromptWriter.marks(tokenizer);
    }

    @Override
    public final int[] prompt(Conversation conversation, Thinking thinking) {
        PromptWriter writer = new PromptWriter(tokenizer, marks);
        history(writer, conversation);
        open(writer, conversation.messages(), thinking);
        return writer.ids();
    }

    @Override
    public final TrainingExample example(Conversation conversation) {
        List<Message> messages = conversation.messages();
        requireAnswer(messages);
        PromptWriter writer = new PromptWriter(tokenizer, marks);
        List<Message> before = messages.subList(0, messages.size() - 1);
        Message answer = messages.getLast();
        history(writer, new Conversation(before, conversation.tools()));
        open(writer, before, answer.reasoning().isPresent() ? Thinking.ON : Thinking.OFF);
        writer.cut();
        writer.learning(true);
        answer(writer, before, answer);
        return writer.example();
    }

    /** The turns so far, the start token included. */
    abstract void history(PromptWriter writer, Conversation conversation);

    /** What stands between the turns so far and an answer, and is not learned. */
    abstract void open(PromptWriter writer, List<Message> before, Thinking thinking);

    /** An answer to learn, after {@link #open}. */
    abstract void answer(PromptWriter writer, List<Message> before, Message answer);

    final int require(String token) {
        OptionalInt id = tokenizer.id(token);
        if (id.isEmpty()) {
            throw new TokenizerFormatException(
                    "the vocabulary has no added token '%s'; the %s chat form needs it"
                            .formatted(token, name));
        }
        return id.getAsInt();
    }

    /** The role before the next turn; {@code SYSTEM} before the first, for system texts move. */
    static Role lastRole(List<Message> messages) {
        for (Message message : messages.reversed()) {
            if (message.role() != Role.SYSTEM) {
                return message.role();
            }
        }
        return Role.SYSTEM;
    }

    static void requireAnswer(List<Message> messages) {
        if (messages.isEmpty() || messages.getLast().role() != Role.ASSISTANT) {
            throw new InvalidConversationException(
                    "the conversation ends with %s; expected an assistant message to learn from"
                            .formatted(
                                    messages.isEmpty()
                                            ? "nothing"
                                            : "a " + messages.getLast().role() + " message"));
        }
    }

    static void requireQuestion(Role previous) {
        if (previous == Role.SYSTEM || previous == Role.ASSISTANT) {
            throw new InvalidConversationException(
                    "an answer is asked for after %s; expected a user message or a tool's output before it"
                            .formatted(
                                    previous == Role.SYSTEM ? "no turn" : "an ASSISTANT message"));
        }
    }

    static void requireCall(Role previous) {
        if (previous != Role.ASSISTANT && previous != Role.TOOL) {
            throw new InvalidConversationException(
                    "a TOOL message follows %s; expected an assistant's call before it"
                            .formatted(previous == Role.USER ? "a USER message" : "no turn"));
        }
    }

    /** Refuses what the form has no words for. */
    final void refuseTools(Conversation conversation) {
        boolean used =
                !conversation.tools().isEmpty()
                        || conversation.messages().stream()
                                .anyMatch(
                                        message ->
                                                message.role() == Role.TOOL
                                                        || !message.toolCalls().isEmpty());
        if (used) {
            throw new InvalidConversationException(
                    "the conversation has tools, calls or a tool's output; the %s chat form has no place for them"
                            .formatted(name));
        }
    }

    final InvalidConversationException noReasoning() {
        return new InvalidConversationException(
                "the answer has reasoning; the %s chat form has no place for it".formatted(name));
    }
}
