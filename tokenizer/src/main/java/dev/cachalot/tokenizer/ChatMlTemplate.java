package dev.cachalot.tokenizer;

import dev.cachalot.tokenizer.jinja.PythonText;
import java.util.List;

/**
 * The ChatML forms of Qwen2, Qwen2.5 and Qwen3 (their published tokenizer_config.json): each turn
 * is {@code <|im_start|>role⏎text<|im_end|>⏎}; tools stand in the system turn, calls in {@code
 * <tool_call>} and their results, as a user's turn, in {@code <tool_response>}.
 */
public final class ChatMlTemplate extends WrittenTemplate {
    /** Whose form. */
    public enum Style {
        /** Turns only. */
        PLAIN(""),
        QWEN2("You are a helpful assistant."),
        QWEN2_5("You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
        /** With thinking: past thoughts are dropped, those since the last question stay. */
        QWEN3("");

        private final String system; // where the conversation has none

        Style(String system) {
            this.system = system;
        }
    }

    static final String START = "<|im_start|>";
    static final String END = "<|im_end|>";
    private static final String NO_THOUGHT = "<think>\n\n</think>\n\n";

    private final Style style;

    /**
     * @throws TokenizerFormatException when the vocabulary lacks one of the tokens
     */
    public ChatMlTemplate(Tokenizer tokenizer, Style style) {
        super("ChatML", tokenizer);
        this.style = style;
        require(START);
        require(END);
        if (thinks()) {
            require(DeepSeekTokens.THINK);
            require(DeepSeekTokens.END_THINK);
        }
    }

    @Override
    public boolean thinks() {
        return style == Style.QWEN3;
    }

    @Override
    public ToolCallForm toolCallForm() {
        return tools() ? ToolCallForm.HERMES : ToolCallForm.NONE;
    }

    private boolean tools() {
        return style == Style.QWEN2_5 || style == Style.QWEN3;
    }

    @Override
    void history(PromptWriter writer, Conversation conversation) {
        if (!tools()) {
            refuseTools(conversation);
        }
        List<Message> messages = conversation.messages();
        boolean first = !messages.isEmpty() && messages.getFirst().role() == Role.SYSTEM;
        String system = first ? messages.getFirst().content() : style.system;
        if (!conversation.tools().isEmpty()) {
            writer.form(START + "system\n");
            writer.text(system);
            writer.form(first || !system.isEmpty() ? "\n\n" : "");
            HermesTools.offer(writer, conversation.tools());
            writer.form(END + "\n");
        } else if (first || !system.isEmpty()) {
            turn(writer, "system", system);
        }
        int question = lastQuestion(messages);
        for (int i = first ? 1 : 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            switch (message.role()) {
                case SYSTEM -> turn(writer, "system", message.content());
                case USER -> turn(writer, "user", message.content());
                case ASSISTANT -> past(writer, messages, i, question);
                case TOOL -> output(writer, messages, i);
            }
        }
    }

    private static void turn(PromptWriter writer, String role, String content) {
        writer.form(START + role + "\n");
        writer.text(content);
        writer.form(END + "\n");
    }

    /** Where the last user message stands that is not a tool's result in disguise. */
    private static int lastQuestion(List<Message> messages) {
        for (int i = messages.size() - 1; i >= 0; i--) {
            Message message = messages.get(i);
            boolean output =
                    message.content().startsWith(HermesTools.RESPONSE)
                            && message.content().endsWith(HermesTools.END_RESPONSE);
            if (message.role() == Role.USER && !output) {
                return i;
            }
        }
        return messages.size() - 1;
    }

    private void past(PromptWriter writer, List<Message> messages, int i, int question) {
        Message message = messages.get(i);
        String reasoning = message.reasoning().orElse("");
        String content = message.content();
        int end = content.lastIndexOf(DeepSeekTokens.END_THINK);
        if (thinks() && message.reasoning().isEmpty() && end >= 0) {
            reasoning = spelledThought(content);
            content =
                    PythonText.lstrip(
                            content.substring(end + DeepSeekTokens.END_THINK.length()), "\n");
        }
        writer.form(START + "assistant\n");
        writer.learning(true);
        boolean last = i == messages.size() - 1;
        if (thinks() && i > question && (last || !reasoning.isEmpty())) {
            writer.form("<think>\n");
            writer.text(PythonText.strip(reasoning, "\n"));
            writer.form("\n</think>\n\n");
            writer.text(PythonText.lstrip(content, "\n"));
        } else {
            writer.text(content);
        }
        HermesTools.calls(writer, !content.isEmpty(), message.toolCalls());
        writer.form(END);
        writer.learning(false);
        writer.form("\n");
    }

    /** The thought in a content that spells its marks. */
    private static String spelledThought(String content) {
        String before = content.substring(0, content.indexOf(DeepSeekTokens.END_THINK));
        before = PythonText.rstrip(before, "\n");
        int start = before.lastIndexOf(DeepSeekTokens.THINK);
        return PythonText.lstrip(
                start < 0 ? before : before.substring(start + DeepSeekTokens.THINK.length()), "\n");
    }

    private static void output(PromptWriter writer, List<Message> messages, int i) {
        if (i == 0 || messages.get(i - 1).role() != Role.TOOL) {
            writer.form(START + "user");
        }
        writer.form("\n" + HermesTools.RESPONSE + "\n");
        writer.text(messages.get(i).content());
        writer.form("\n" + HermesTools.END_RESPONSE);
        if (i == messages.size() - 1 || messages.get(i + 1).role() != Role.TOOL) {
            writer.form(END + "\n");
        }
    }

    @Override
    void open(PromptWriter writer, List<Message> before, Thinking thinking) {
        requireQuestion(lastRole(before));
        writer.form(START + "assistant\n");
        if (thinks() && thinking == Thinking.OFF) {
            writer.form(NO_THOUGHT);
        }
    }

    @Override
    void answer(PromptWriter writer, List<Message> before, Message answer) {
        if (answer.reasoning().isPresent()) {
            if (!thinks()) {
                throw noReasoning();
            }
            writer.form("<think>\n");
            writer.text(answer.reasoning().get());
            writer.form("\n</think>\n\n");
        }
        if (!tools() && !answer.toolCalls().isEmpty()) {
            refuseTools(Conversation.of(answer));
        }
        writer.text(answer.content());
        HermesTools.calls(writer, !answer.content().isEmpty(), answer.toolCalls());
        writer.form(END);
    }
}
