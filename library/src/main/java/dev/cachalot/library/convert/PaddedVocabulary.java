package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import java.util.ArrayList;
import java.util.List;

/**
 * A vocabulary's GGUF keys with a token for every row of the embedding, as llama.cpp demands: rows
 * beyond the tokenizer's own tokens are named {@code [PAD<id>]} and marked unused.
 */
final class PaddedVocabulary {
    private static final String TOKENS = "tokenizer.ggml.tokens";
    private static final String TYPES = "tokenizer.ggml.token_type";
    private static final String SCORES = "tokenizer.ggml.scores";
    private static final int UNUSED = 5;

    static Metadata of(Metadata keys, int vocabSize) {
        MetadataBuilder padded = Metadata.builder().putAll(keys);
        List<String> tokens = new ArrayList<>(keys.requireStringList(TOKENS));
        for (int id = tokens.size(); id < vocabSize; id++) {
            tokens.add("[PAD" + id + "]");
        }
        padded.stringList(TOKENS, tokens);
        padded.i32List(TYPES, padded(keys.requireIntList(TYPES), vocabSize, UNUSED));
        keys.findFloatList(SCORES)
                .ifPresent(scores -> padded.f32List(SCORES, padded(scores, vocabSize, 0f)));
        return padded.build();
    }

    private static <T> List<T> padded(List<T> some, int size, T filler) {
        List<T> all = new ArrayList<>(some);
        while (all.size() < size) {
            all.add(filler);
        }
        return all;
    }

    private PaddedVocabulary() {}
}
