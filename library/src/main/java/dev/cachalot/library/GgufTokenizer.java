package dev.cachalot.library;

import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The vocabulary in a GGUF file's metadata. Source: the keys {@code tokenizer.ggml.*} of GGUF's
 * specification; token types are those of llama.cpp's {@code llama_token_type}.
 */
final class GgufTokenizer {
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    static TokenizerSpec read(Metadata metadata, String file) {
        String model = metadata.findString("tokenizer.ggml.model").orElse("");
        if (model.isEmpty()) {
            throw new UnusableModelException(
                    file
                            + " holds no tokenizer (no key tokenizer.ggml.model); expected one for"
                            + " text: only 'logits' and 'inspect' work with this file");
        }
        if (!model.equals("gpt2")) {
            throw new UnusableModelException(
                    file
                            + " has a tokenizer of kind '"
                            + model
                            + "'; this build knows 'gpt2' (byte-level pair encoding)");
        }
        List<String> tokens = metadata.requireStringList("tokenizer.ggml.tokens");
        List<Integer> types =
                metadata.findIntList("tokenizer.ggml.token_type").orElse(List.<Integer>of());
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < Math.min(tokens.size(), types.size()); id++) {
            int type = types.get(id);
            if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
                added.add(new AddedToken(id, tokens.get(id), type == CONTROL));
            }
        }
        return TokenizerSpec.of(
                metadata.findString("tokenizer.ggml.pre").orElse("gpt-2"),
                tokens,
                metadata.requireStringList("tokenizer.ggml.merges"),
                added,
                id(metadata, "tokenizer.ggml.bos_token_id"),
                id(metadata, "tokenizer.ggml.eos_token_id"));
    }

    private static OptionalInt id(Metadata metadata, String key) {
        return metadata.findInt(key);
    }

    private GgufTokenizer() {}
}
