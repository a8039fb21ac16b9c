package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A small vocabulary with the marks of all chat forms, and random conversations. */
final class TemplateVocabulary {
    static final List<String> MARKS =
            List.of(
                    DeepSeekTokens.TOOL_OUTPUTS,
                    DeepSeekTokens.END_TOOL_OUTPUTS,
                    DeepSeekTokens.TOOL_CALLS,
                    DeepSeekTokens.END_TOOL_CALLS,
                    DeepSeekTokens.TOOL_CALL,
                    DeepSeekTokens.END_TOOL_CALL,
                    DeepSeekTokens.TOOL_SEP,
                    DeepSeekTokens.SEARCH,
                    ChatMlTemplate.START,
                    ChatMlTemplate.END,
                    HermesTools.CALL,
                    HermesTools.END_CALL,
                    HermesTools.RESPONSE,
                    HermesTools.END_RESPONSE,
                    Llama3Template.BOS,
                    Llama3Template.HEADER,
                    Llama3Template.END_HEADER,
                    Llama3Template.END_TURN);

    static final BytePairTokenizer TOKENIZER = tokenizer("cachalot", DeepSeekTokens.BOS);
    static final BytePairTokenizer LLAMA = tokenizer("llama-bpe", Llama3Template.BOS);
    static final BytePairTokenizer QWEN = tokenizer("qwen2", "");

    /** The vocabulary with a start token; none where that is empty. */
    static BytePairTokenizer tokenizer(String preTokenizer, String bos) {
        Set<String> added = new LinkedHashSet<>(DeepSeekTokens.CHAT);
        added.addAll(MARKS);
        TokenizerSpec spec =
                new BytePairTrainer(500, PreTokenizer.named(preTokenizer), List.copyOf(added))
                        .train(
                                Stream.concat(
                                                SmallVocabulary.SENTENCES.stream(),
                                                SmallVocabulary.SENTENCES.stream())
                                        .toList());
        return new BytePairTokenizer(
                new TokenizerSpec(
                        spec.preTokenizer(),
                        spec.tokens(),
                        spec.merges(),
                        spec.addedTokens(),
                        bos.isEmpty()
                                ? java.util.OptionalInt.empty()
                                : java.util.OptionalInt.of(spec.tokens().indexOf(bos)),
                        spec.eosId(),
                        spec.rules()));
    }

    /** Turns in the order that every form has: system or not, question, answer, … question. */
    static Conversation plainConversation(SplittableRandom random) {
        List<Message> messages = new ArrayList<>();
        if (random.nextBoolean()) {
            messages.add(Message.system(text(random)));
        }
        for (int turns = random.nextInt(3); turns > 0; turns--) {
            messages.add(Message.user(text(random)));
            messages.add(Message.assistant(text(random)));
        }
        messages.add(Message.user(text(random)));
        return new Conversation(messages);
    }

    /** Spells marks of every form. */
    static String text(SplittableRandom random) {
        String text = SmallVocabulary.randomText(random, 5);
        if (random.nextInt(3) == 0) {
            List<String> marks = random.nextBoolean() ? MARKS : DeepSeekTokens.CHAT;
            text += marks.get(random.nextInt(marks.size())) + SmallVocabulary.randomText(random, 2);
        }
        return text;
    }

    private TemplateVocabulary() {}
}
