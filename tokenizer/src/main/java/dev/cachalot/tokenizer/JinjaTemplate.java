package dev.cachalot.tokenizer;

import dev.cachalot.tokenizer.jinja.Budget;
import dev.cachalot.tokenizer.jinja.Jinja;
import dev.cachalot.tokenizer.jinja.JinjaFailure;
import dev.cachalot.tokenizer.jinja.Text;
import java.time.Clock;
import java.util.List;

/**
 * The chat form that a model's own template describes, run in a sandbox.
 *
 * <p>Marks come only from the template's own text: what a message spells is encoded plain, however
 * the template cuts, joins or changes it. One start token is written at most: the template's, or
 * the one that the file asks for.
 */
public final class JinjaTemplate implements ChatTemplate {
    private static final long PROBE_STEPS = 100_000; // for a few short messages

    private final Tokenizer tokenizer;
    private final AddedTokenMatcher marks;
    private final String source;
    private final Jinja jinja;
    private final boolean addBos;
    private final JinjaContext context;

    /**
     * @param source the template
     * @param addBos whether the file asks for a start token where the template writes none
     * @param clock what the template reads the date from
     * @throws ChatTemplateException when the template is broken or uses what is not allowed
     */
    public JinjaTemplate(Tokenizer tokenizer, String source, boolean addBos, Clock clock) {
        this.tokenizer = tokenizer;
        this.marks = PromptWriter.marks(tokenizer);
        this.source = source;
        this.addBos = addBos;
        this.context = new JinjaContext(tokenizer, source);
        try {
            this.jinja = Jinja.parse(source, clock);
        } catch (JinjaFailure failure) {
            throw new ChatTemplateException(
                    "the model's chat template cannot be read: " + failure.getMessage());
        }
    }

    @Override
    public boolean thinks() {
        return source.contains(DeepSeekTokens.THINK) || source.contains(DeepSeekTokens.END_THINK);
    }

    @Override
    public ToolCallForm toolCallForm() {
        if (source.contains(DeepSeekTokens.TOOL_CALLS)) {
            return source.contains("```json")
                    ? ToolCallForm.DEEPSEEK_V3
                    : ToolCallForm.DEEPSEEK_V31;
        }
        if (source.contains(HermesTools.CALL)) {
            return ToolCallForm.HERMES;
        }
        boolean llama =
                source.contains(Llama3Template.HEADER) && source.contains("\"parameters\": ");
        return llama ? ToolCallForm.LLAMA3 : ToolCallForm.NONE;
    }

    @Override
    public int[] prompt(Conversation conversation, Thinking thinking) {
        WrittenTemplate.requireQuestion(WrittenTemplate.lastRole(conversation.messages()));
        return ids(render(conversation, thinking, true));
    }

    /** As {@link #prompt}, but empty when it is refused or takes many steps. */
    int[] probe(Conversation conversation, Thinking thinking) {
        try {
            Budget few = new Budget(JinjaContext.length(conversation), PROBE_STEPS);
            return ids(render(conversation, thinking, true, few));
        } catch (InvalidConversationException
                | InvalidTextException
                | ChatTemplateException refused) {
            return new int[0];
        }
    }

    private int[] ids(Text text) {
        PromptWriter writer = new PromptWriter(tokenizer, marks);
        write(writer, text);
        return PromptWriter.startedOnce(writer.ids(), tokenizer.bosId(), addBos);
    }

    /**
     * {@inheritDoc}
     *
     * @throws InvalidConversationException also when the template does not write an answer where it
     *     asks for one
     */
    @Override
    public TrainingExample example(Conversation conversation) {
        List<Message> messages = conversation.messages();
        WrittenTemplate.requireAnswer(messages);
        Thinking thinking = messages.getLast().reasoning().isPresent() ? Thinking.ON : Thinking.OFF;
        Conversation before =
                new Conversation(messages.subList(0, messages.size() - 1), conversation.tools());
        int[] prompt = prompt(before, thinking);
        Text asked = render(before, thinking, true);
        Text whole = render(conversation, thinking, false);
        if (!whole.value().startsWith(asked.value())) {
            throw new InvalidConversationException(
                    "the model's chat template writes the answer otherwise than it asks for it; such a conversation cannot be learned");
        }
        PromptWriter writer = new PromptWriter(tokenizer, marks);
        writer.learning(true);
        write(writer, whole.from(asked.value().length()));
        int[] answer = writer.ids();
        int[] ids = new int[prompt.length + answer.length];
        boolean[] learned = new boolean[ids.length];
        System.arraycopy(prompt, 0, ids, 0, prompt.length);
        for (int i = 0; i < answer.length; i++) {
            ids[prompt.length + i] = answer[i];
            learned[prompt.length + i] = true;
        }
        return new TrainingExample(ids, learned);
    }

    private static void write(PromptWriter writer, Text text) {
        for (Text.Run run : text.runs()) {
            if (run.foreign()) {
                writer.text(run.text());
            } else {
                writer.form(run.text());
            }
        }
    }

    /** What the template writes; for tests too. */
    Text render(Conversation conversation, Thinking thinking, boolean addGenerationPrompt) {
        Budget budget = new Budget(JinjaContext.length(conversation));
        return render(conversation, thinking, addGenerationPrompt, budget);
    }

    private Text render(
            Conversation conversation,
            Thinking thinking,
            boolean addGenerationPrompt,
            Budget budget) {
        try {
            return jinja.render(context.of(conversation, thinking, addGenerationPrompt), budget);
        } catch (JinjaFailure failure) {
            if (failure.raised()) {
                throw new InvalidConversationException(
                        "the model's chat template refuses the conversation: "
                                + failure.getMessage());
            }
            throw new ChatTemplateException(
                    "the model's chat template fails: " + failure.getMessage());
        }
    }
}
