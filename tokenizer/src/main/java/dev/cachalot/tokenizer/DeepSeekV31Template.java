package dev.cachalot.tokenizer;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * The chat form of DeepSeek V3.1 (its published tokenizer_config.json).
 *
 * <p>{@code BOS system USER text ASSISTANT </think> text EOS …}; an answer with thinking opens with
 * {@code <think>}, past answers lose their reasoning, several system messages are joined by a blank
 * line in front, and the answer to a tool's output follows it with no mark. Every text is encoded
 * plain, so no message can open a turn.
 */
public final class DeepSeekV31Template extends WrittenTemplate {
    private static final DeepSeekTools TOOLS = new DeepSeekTools(true);

    private final int bos;
    private final int eos;
    private final int user;
    private final int assistant;
    private final int think;
    private final int endThink;

    /**
     * @throws TokenizerFormatException when the vocabulary lacks one of the tokens
     */
    public DeepSeekV31Template(Tokenizer tokenizer) {
        super("V3.1", tokenizer);
        bos = require(DeepSeekTokens.BOS);
        eos = require(DeepSeekTokens.EOS);
        user = require(DeepSeekTokens.USER);
        assistant = require(DeepSeekTokens.ASSISTANT);
        think = require(DeepSeekTokens.THINK);
        endThink = require(DeepSeekTokens.END_THINK);
    }

    @Override
    public boolean thinks() {
        return true;
    }

    @Override
    public ToolCallForm toolCallForm() {
        return ToolCallForm.DEEPSEEK_V31;
    }

    @Override
    void history(PromptWriter writer, Conversation conversation) {
        List<Message> messages = conversation.messages();
        writer.mark(bos);
        String system =
                messages.stream()
                        .filter(message -> message.role() == Role.SYSTEM)
                        .map(Message::content)
                        .collect(joining("\n\n"));
        writer.text(system);
        TOOLS.offer(writer, !system.isEmpty(), conversation.tools());
        Role previous = Role.SYSTEM;
        for (Message message : messages) {
            turn(writer, previous, message);
            previous = message.role() == Role.SYSTEM ? previous : message.role();
        }
    }

    private void turn(PromptWriter writer, Role previous, Message message) {
        switch (message.role()) {
            case SYSTEM -> {} // already in front
            case USER -> {
                writer.mark(user);
                writer.text(message.content());
            }
            case ASSISTANT -> {
                open(writer, previous, Thinking.OFF);
                writer.learning(true);
                writer.text(
                        previous == Role.TOOL
                                ? message.content()
                                : afterThought(message.content()));
                TOOLS.calls(writer, message.toolCalls());
                writer.mark(eos);
                writer.learning(false);
            }
            case TOOL -> {
                requireCall(previous);
                writer.mark(require(DeepSeekTokens.TOOL_OUTPUT));
                writer.text(message.content());
                writer.mark(require(DeepSeekTokens.END_TOOL_OUTPUT));
            }
        }
    }

    /** A past text that spells the end of a thought stands for what came after it. */
    private static String afterThought(String content) {
        int end = content.indexOf(DeepSeekTokens.END_THINK);
        return end < 0 ? content : content.substring(end + DeepSeekTokens.END_THINK.length());
    }

    @Override
    void open(PromptWriter writer, List<Message> before, Thinking thinking) {
        open(writer, lastRole(before), thinking);
    }

    /** After a tool's output the form has nothing. */
    private void open(PromptWriter writer, Role previous, Thinking thinking) {
        requireQuestion(previous);
        if (previous == Role.USER) {
            writer.mark(assistant);
            writer.mark(
                    switch (thinking) {
                        case ON -> think;
                        case OFF -> endThink;
                    });
        }
    }

    @Override
    void answer(PromptWriter writer, List<Message> before, Message answer) {
        if (answer.reasoning().isPresent()) {
            if (lastRole(before) == Role.TOOL) {
                throw new InvalidConversationException(
                        "the answer to a tool's output has reasoning; the V3.1 form has no place for it there");
            }
            writer.text(answer.reasoning().get());
            writer.mark(endThink);
        }
        writer.text(answer.content());
        TOOLS.calls(writer, answer.toolCalls());
        writer.mark(eos);
    }
}
