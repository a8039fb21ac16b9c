package dev.cachalot.tokenizer;

import static java.util.stream.Collectors.joining;

import java.util.List;

/**
 * The chat form of DeepSeek V3, V3-0324, R1, R1-0528 and the R1 distillations (their published
 * tokenizer_config.json).
 *
 * <p>{@code BOS system USER text ASSISTANT text EOS …} without separators, system texts in front.
 * Tool outputs stand in one block a batch, and the answer follows it with no mark. Past answers
 * lose their reasoning, in R1's forms also one that is spelled out in the content.
 *
 * <p>Where the published templates write calls wrongly (a single call is never ended, three are
 * ended twice, a second batch of outputs is never begun) this writes what the model's own output
 * looks like. R1 has no published form without thinking; here an empty thought stands for it.
 */
public final class DeepSeekV3Template extends WrittenTemplate {
    /** Who was trained how. */
    public enum Style {
        /** No thinking. */
        V3,
        /** The model opens the thought itself: R1 as first released, and R1-0528. */
        R1,
        /** The prompt opens the thought: R1 since February 2025. */
        R1_OPENED,
        /** As {@link #R1_OPENED}, and the last system text is the only one. */
        R1_DISTILL
    }

    private static final DeepSeekTools TOOLS = new DeepSeekTools(false);
    private static final String NO_THOUGHT =
            DeepSeekTokens.THINK + "\n\n" + DeepSeekTokens.END_THINK + "\n\n";

    private final Style style;
    private final int bos;
    private final int eos;
    private final int user;
    private final int assistant;

    /**
     * @throws TokenizerFormatException when the vocabulary lacks one of the tokens
     */
    public DeepSeekV3Template(Tokenizer tokenizer, Style style) {
        super(style == Style.V3 ? "V3" : "R1", tokenizer);
        this.style = style;
        bos = require(DeepSeekTokens.BOS);
        eos = require(DeepSeekTokens.EOS);
        user = require(DeepSeekTokens.USER);
        assistant = require(DeepSeekTokens.ASSISTANT);
        if (thinks()) {
            require(DeepSeekTokens.THINK);
            require(DeepSeekTokens.END_THINK);
        }
    }

    @Override
    public boolean thinks() {
        return style != Style.V3;
    }

    @Override
    public ToolCallForm toolCallForm() {
        return ToolCallForm.DEEPSEEK_V3;
    }

    @Override
    void history(PromptWriter writer, Conversation conversation) {
        List<Message> messages = conversation.messages();
        writer.mark(bos);
        String system = system(messages);
        writer.text(system);
        TOOLS.offer(writer, !system.isEmpty(), conversation.tools());
        Role previous = Role.SYSTEM;
        for (Message message : messages) {
            turn(writer, previous, message);
            previous = message.role() == Role.SYSTEM ? previous : message.role();
        }
        if (previous == Role.TOOL) {
            writer.form(DeepSeekTokens.END_TOOL_OUTPUTS);
        }
    }

    private String system(List<Message> messages) {
        List<String> texts =
                messages.stream()
                        .filter(message -> message.role() == Role.SYSTEM)
                        .map(Message::content)
                        .toList();
        if (style == Style.R1_DISTILL) {
            return texts.isEmpty() ? "" : texts.getLast();
        }
        return texts.stream().collect(joining("\n\n"));
    }

    private void turn(PromptWriter writer, Role previous, Message message) {
        switch (message.role()) {
            case SYSTEM -> {} // already in front
            case USER -> {
                if (previous == Role.TOOL) {
                    writer.form(DeepSeekTokens.END_TOOL_OUTPUTS);
                }
                writer.mark(user);
                writer.text(message.content());
            }
            case ASSISTANT -> {
                requireQuestion(previous);
                if (previous == Role.TOOL) {
                    writer.form(DeepSeekTokens.END_TOOL_OUTPUTS);
                } else {
                    writer.mark(assistant);
                }
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
                writer.form(
                        (previous == Role.TOOL ? "\n" : DeepSeekTokens.TOOL_OUTPUTS)
                                + DeepSeekTokens.TOOL_OUTPUT);
                writer.text(message.content());
                writer.form(DeepSeekTokens.END_TOOL_OUTPUT);
            }
        }
    }

    /** A past text that spells the end of a thought stands for what came after the last one. */
    private String afterThought(String content) {
        int end = thinks() ? content.lastIndexOf(DeepSeekTokens.END_THINK) : -1;
        return end < 0 ? content : content.substring(end + DeepSeekTokens.END_THINK.length());
    }

    @Override
    void open(PromptWriter writer, List<Message> before, Thinking thinking) {
        Role previous = lastRole(before);
        requireQuestion(previous);
        if (previous == Role.TOOL) {
            return;
        }
        writer.mark(assistant);
        if (thinks() && thinking == Thinking.OFF) {
            writer.form(NO_THOUGHT);
        } else if (style == Style.R1_OPENED || style == Style.R1_DISTILL) {
            writer.form(DeepSeekTokens.THINK + "\n");
        }
    }

    @Override
    void answer(PromptWriter writer, List<Message> before, Message answer) {
        if (answer.reasoning().isPresent()) {
            if (!thinks()) {
                throw noReasoning();
            }
            boolean opened = style != Style.R1 && lastRole(before) != Role.TOOL;
            writer.form(opened ? "" : DeepSeekTokens.THINK + "\n");
            writer.text(answer.reasoning().get());
            writer.form("\n" + DeepSeekTokens.END_THINK + "\n\n");
        }
        writer.text(answer.content());
        TOOLS.calls(writer, answer.toolCalls());
        writer.mark(eos);
    }
}
