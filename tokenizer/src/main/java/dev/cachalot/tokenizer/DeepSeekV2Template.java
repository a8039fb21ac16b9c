package dev.cachalot.tokenizer;

import java.util.List;

/**
 * The chat form of DeepSeek V2, V2-Lite and the LLM before them (their published
 * tokenizer_config.json): {@code BOS system⏎⏎User: text⏎⏎Assistant: textEOSUser: …}, the roles
 * spelled in plain words. A message may spell them too: in this form nothing can keep it from that.
 */
public final class DeepSeekV2Template extends WrittenTemplate {
    private final int bos;
    private final int eos;

    /**
     * @throws TokenizerFormatException when the vocabulary has no start or end of text
     */
    public DeepSeekV2Template(Tokenizer tokenizer) {
        super("V2", tokenizer);
        bos = tokenizer.bosId().orElseGet(() -> require(DeepSeekTokens.BOS));
        eos = tokenizer.eosId().orElseGet(() -> require(DeepSeekTokens.EOS));
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
            switch (message.role()) {
                case SYSTEM -> writer.text(message.content() + "\n\n");
                case USER -> writer.text("User: " + message.content() + "\n\n");
                case ASSISTANT -> {
                    writer.text("Assistant:");
                    writer.learning(true);
                    writer.text(" " + message.content());
                    writer.mark(eos);
                    writer.learning(false);
                }
                case TOOL -> {} // refused
            }
        }
    }

    @Override
    void open(PromptWriter writer, List<Message> before, Thinking thinking) {
        requireQuestion(lastRole(before));
        writer.text("Assistant:");
    }

    @Override
    void answer(PromptWriter writer, List<Message> before, Message answer) {
        if (answer.reasoning().isPresent()) {
            throw noReasoning();
        }
        if (!answer.toolCalls().isEmpty()) {
            refuseTools(Conversation.of(answer));
        }
        writer.text(" " + answer.content());
        writer.mark(eos);
    }
}
