package dev.cachalot.tokenizer;

import dev.cachalot.tokenizer.jinja.PythonText;
import java.util.List;

/**
 * The chat form of Llama 3 instruct (its published tokenizer_config.json): each turn is {@code
 * <|start_header_id|>role<|end_header_id|>}, a blank line, the text without white space around it
 * and {@code <|eot_id|>}. Llama 3.1 and later say more in front; their own template is run.
 */
public final class Llama3Template extends WrittenTemplate {
    static final String BOS = "<|begin_of_text|>";
    static final String HEADER = "<|start_header_id|>";
    static final String END_HEADER = "<|end_header_id|>";
    static final String END_TURN = "<|eot_id|>";

    private final int bos;
    private final int endTurn;

    /**
     * @throws TokenizerFormatException when the vocabulary lacks one of the tokens
     */
    public Llama3Template(Tokenizer tokenizer) {
        super("Llama 3", tokenizer);
        bos = require(BOS);
        require(HEADER);
        require(END_HEADER);
        endTurn = require(END_TURN);
    }

    @Override
    public boolean thinks() {
        return false;
    }

    @Override
    public ToolCallForm toolCallForm() {
        return ToolCallForm.NONE;
    }

    @Override
    void history(PromptWriter writer, Conversation conversation) {
        refuseTools(conversation);
        writer.mark(bos);
        for (Message message : conversation.messages()) {
            boolean own = message.role() == Role.ASSISTANT;
            writer.form(header(role(message.role())));
            writer.learning(own);
            writer.text(PythonText.strip(message.content()));
            writer.mark(endTurn);
            writer.learning(false);
        }
    }

    private static String role(Role role) {
        return switch (role) {
            case SYSTEM -> "system";
            case USER -> "user";
            case ASSISTANT -> "assistant";
            case TOOL -> "ipython";
        };
    }

    private static String header(String role) {
        return HEADER + role + END_HEADER + "\n\n";
    }

    @Override
    void open(PromptWriter writer, List<Message> before, Thinking thinking) {
        requireQuestion(lastRole(before));
        writer.form(header("assistant"));
    }

    @Override
    void answer(PromptWriter writer, List<Message> before, Message answer) {
        if (answer.reasoning().isPresent()) {
            throw noReasoning();
        }
        if (!answer.toolCalls().isEmpty()) {
            refuseTools(Conversation.of(answer));
        }
        writer.text(PythonText.strip(answer.content()));
        writer.mark(endTurn);
    }
}
