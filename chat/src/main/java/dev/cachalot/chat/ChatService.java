package dev.cachalot.chat;

import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.Thinking;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.ToolCallForm;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Answers conversations with one model. May be used by many threads at once. */
public final class ChatService {
    private static final int TAIL = 16; // ids that surely hold the mark at the prompt's end

    private final Generator generator;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final String modelName;
    private final boolean canThink;
    private final Set<Integer> stopIds;
    private final Map<Integer, String> callMarks; // those of the form that are tokens

    /**
     * @param generator where prompts go, such as {@code engine::submit}
     * @param canThink whether the model was taught to reason before it answers
     */
    public ChatService(
            Generator generator,
            Tokenizer tokenizer,
            ChatTemplate template,
            String modelName,
            boolean canThink) {
        this.generator = generator;
        this.tokenizer = tokenizer;
        this.template = template;
        this.modelName = modelName;
        this.canThink = canThink;
        this.stopIds = stopIds(tokenizer);
        this.callMarks = callMarks(tokenizer, template.toolCallForm());
    }

    public String modelName() {
        return modelName;
    }

    /** Whether the model was taught to reason before it answers. */
    public boolean canThink() {
        return canThink;
    }

    /**
     * Starts an answer to the last message. Close the stream on every path: that cancels what is
     * not done yet.
     *
     * @throws dev.cachalot.tokenizer.InvalidConversationException when there is nothing to answer
     * @throws dev.cachalot.tokenizer.InvalidTextException when a message's text is broken
     * @throws dev.cachalot.engine.GenerationException when the engine refuses: overloaded, prompt
     *     longer than the context, or stopped
     */
    public ChatStream open(Conversation conversation, ChatOptions options) {
        long opened = System.nanoTime();
        int[] prompt = template.prompt(conversation, canThink ? options.thinking() : Thinking.OFF);
        boolean thinkingOpened = endsWithThinkMark(prompt);
        TokenStream tokens =
                generator.submit(
                        new GenerationRequest(
                                prompt, options.maxTokens(), options.sampling(), stopIds));
        boolean tools = !conversation.tools().isEmpty();
        return new ChatStream(
                tokens,
                tokenizer,
                new ReasoningSplitter(thinkingOpened),
                tools ? parser(conversation, prompt) : ToolCallParser.none(),
                tools ? callMarks : Map.of(),
                new StopMatcher(options.stop()),
                new Meter(opened, prompt.length));
    }

    private ToolCallParser parser(Conversation conversation, int[] prompt) {
        // another turn of the conversation has another prompt, so its calls have other ids
        String idPrefix = "call_%08x_".formatted(Arrays.hashCode(prompt));
        return ToolCallParser.of(
                template.toolCallForm(), conversation.tools(), tokenizer, idPrefix);
    }

    private boolean endsWithThinkMark(int[] prompt) {
        int[] tail = Arrays.copyOfRange(prompt, Math.max(0, prompt.length - TAIL), prompt.length);
        return tokenizer.decode(tail).stripTrailing().endsWith(DeepSeekTokens.THINK);
    }

    /** The end of a text, and the marks of a next turn: a model that writes one is done. */
    private static Set<Integer> stopIds(Tokenizer tokenizer) {
        Set<Integer> ids = new HashSet<>();
        tokenizer.eosId().ifPresent(ids::add);
        for (String end : ChatForms.ENDS) {
            tokenizer.id(end).ifPresent(ids::add);
        }
        return ids;
    }

    private static Map<Integer, String> callMarks(Tokenizer tokenizer, ToolCallForm form) {
        Map<Integer, String> marks = new HashMap<>();
        for (String mark : ToolCallParser.marks(form)) {
            tokenizer.id(mark).ifPresent(id -> marks.put(id, mark));
        }
        return marks;
    }
}
