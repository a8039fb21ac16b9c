package dev.cachalot.tokenizer;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The chat forms that are written by our own code, and which of them a model's file means. */
public final class ChatForms {
    /** Tokens that end an answer in one form or another: a model that writes one is done. */
    public static final List<String> ENDS =
            List.of(
                    DeepSeekTokens.EOS,
                    DeepSeekTokens.USER,
                    ChatMlTemplate.END,
                    ChatMlTemplate.START,
                    Llama3Template.END_TURN,
                    "<|eom_id|>",
                    "<|end_of_text|>",
                    "<|endoftext|>");

    private static final Map<String, Function<Tokenizer, ChatTemplate>> NAMES =
            new LinkedHashMap<>();

    static {
        NAMES.put("deepseek-v2", DeepSeekV2Template::new);
        NAMES.put("deepseek-v3", t -> v3(t, DeepSeekV3Template.Style.V3));
        NAMES.put("deepseek-r1", t -> v3(t, DeepSeekV3Template.Style.R1_OPENED));
        NAMES.put("deepseek-r1-distill", t -> v3(t, DeepSeekV3Template.Style.R1_DISTILL));
        NAMES.put("deepseek-r1-0528", t -> v3(t, DeepSeekV3Template.Style.R1));
        NAMES.put("deepseek-v3.1", DeepSeekV31Template::new);
        NAMES.put("chatml", t -> chatMl(t, ChatMlTemplate.Style.PLAIN));
        NAMES.put("qwen2", t -> chatMl(t, ChatMlTemplate.Style.QWEN2));
        NAMES.put("qwen2.5", t -> chatMl(t, ChatMlTemplate.Style.QWEN2_5));
        NAMES.put("qwen3", t -> chatMl(t, ChatMlTemplate.Style.QWEN3));
        NAMES.put("llama-3", Llama3Template::new);
    }

    private static ChatTemplate v3(Tokenizer tokenizer, DeepSeekV3Template.Style style) {
        return new DeepSeekV3Template(tokenizer, style);
    }

    private static ChatTemplate chatMl(Tokenizer tokenizer, ChatMlTemplate.Style style) {
        return new ChatMlTemplate(tokenizer, style);
    }

    /** The names that {@link #named} knows. */
    public static Set<String> names() {
        return NAMES.keySet();
    }

    /**
     * A form by its name; empty for an unknown one.
     *
     * @throws TokenizerFormatException when the vocabulary lacks a token that the form needs
     */
    public static Optional<ChatTemplate> named(String name, Tokenizer tokenizer) {
        return Optional.ofNullable(NAMES.get(name)).map(form -> form.apply(tokenizer));
    }

    /**
     * The form of a template in Jinja: our own where it writes a set of conversations token by
     * token as the template does, else the template itself.
     *
     * @param addBos whether the file asks for a start token where the template writes none
     * @throws ChatTemplateException when the template is broken
     */
    public static ChatTemplate ofTemplate(
            String source, Tokenizer tokenizer, boolean addBos, Clock clock) {
        JinjaTemplate template = new JinjaTemplate(tokenizer, source, addBos, clock);
        FormProbe probe = new FormProbe(template);
        for (Function<Tokenizer, ChatTemplate> form : NAMES.values()) {
            try {
                ChatTemplate own = form.apply(tokenizer);
                if (probe.agrees(own)) {
                    return own;
                }
            } catch (TokenizerFormatException anotherVocabulary) { // this form is not meant
            }
        }
        return template;
    }

    /**
     * The form that a vocabulary's marks tell of, for a file without a template; empty where they
     * tell of none.
     */
    public static Optional<ChatTemplate> ofMarks(Tokenizer tokenizer) {
        if (has(tokenizer, DeepSeekTokens.USER) && has(tokenizer, DeepSeekTokens.ASSISTANT)) {
            boolean thinks = has(tokenizer, DeepSeekTokens.THINK);
            // V3.1 named two place holders of R1's vocabulary for its searches.
            String name =
                    !thinks
                            ? "deepseek-v3"
                            : has(tokenizer, DeepSeekTokens.SEARCH)
                                    ? "deepseek-v3.1"
                                    : "deepseek-r1";
            return named(name, tokenizer);
        }
        if (has(tokenizer, ChatMlTemplate.START) && has(tokenizer, ChatMlTemplate.END)) {
            return named(has(tokenizer, DeepSeekTokens.THINK) ? "qwen3" : "chatml", tokenizer);
        }
        if (has(tokenizer, Llama3Template.HEADER) && has(tokenizer, Llama3Template.END_TURN)) {
            return named("llama-3", tokenizer);
        }
        return Optional.empty();
    }

    private static boolean has(Tokenizer tokenizer, String mark) {
        return tokenizer.id(mark).isPresent();
    }

    private ChatForms() {}
}
