package dev.cachalot.fuzz;

import dev.cachalot.tokenizer.InvalidTextException;
import dev.cachalot.tokenizer.SpacePrefix;
import dev.cachalot.tokenizer.StreamingDecoder;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A tokenizer.json, a tokenizer_config.json and a text, which is then encoded and decoded. */
final class TokenizerJsonTarget implements Target {
    static final String TEXT = "The cat's mat: 12345 + 30 = 42?\n\n  <think>été 中文🦙</think>";

    @Override
    public String name() {
        return "tokenizer-json";
    }

    @Override
    public void read(byte[] input) throws IOException {
        List<byte[]> parts = Parts.of(input, 3);
        Path file = Scratch.write(name(), "tokenizer.json", parts.get(0));
        Scratch.write(name(), "tokenizer_config.json", parts.get(1));
        speak(TokenizerJson.readAny(file).tokenizer(), Parts.text(parts.get(2)));
    }

    /** Encoded, decoded and decoded piece by piece: all say the same. */
    static void speak(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        String decoded = tokenizer.decode(ids);
        StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        StringBuilder streamed = new StringBuilder();
        for (int id : ids) {
            if (id < 0 || id >= tokenizer.vocabSize()) {
                throw new AssertionError("id " + id + " of " + tokenizer.vocabSize());
            }
            streamed.append(decoder.accept(id));
        }
        streamed.append(decoder.flush());
        if (!streamed.toString().equals(decoded)) {
            throw new AssertionError("streamed '" + streamed + "', decoded '" + decoded + "'");
        }
        tokenizer.encodePlain(text);
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(TokenizerFormatException.class, InvalidTextException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        Map<String, Vocabulary> vocabularies = new LinkedHashMap<>();
        for (String name : List.of("gpt-2", "deepseek-v3", "llama-bpe", "qwen2")) {
            vocabularies.put(name, Seeds.vocabulary(name));
        }
        for (SpacePrefix prefix : SpacePrefix.values()) {
            vocabularies.put("llama-2-" + prefix, Seeds.sentencePiece(prefix));
        }
        for (Map.Entry<String, Vocabulary> one : vocabularies.entrySet()) {
            Path file = Scratch.file(name() + "-seed", "tokenizer.json");
            TokenizerJson.write(one.getValue(), file);
            seeds.put(
                    one.getKey(),
                    Parts.join(
                            Files.readAllBytes(file),
                            Files.readAllBytes(file.resolveSibling("tokenizer_config.json")),
                            Parts.utf8(TEXT)));
        }
        return seeds;
    }

    @Override
    public Set<String> words() {
        return Set.of(
                Parts.SEPARATOR,
                "\"model\":{",
                "\"type\":\"BPE\"",
                "\"vocab\":{",
                "\"merges\":[",
                "\"added_tokens\":[{",
                "\"content\":\"",
                "\"special\":true",
                "\"normalizer\":",
                "{\"type\":\"NFC\"}",
                "\"byte_fallback\":true",
                "\"ignore_merges\":true",
                "\"Sequence\"",
                "\"Split\"",
                "\"Digits\"",
                "\"ByteLevel\"",
                "\"individual_digits\":true",
                "\"add_prefix_space\":true",
                "\"Replace\"",
                "\"Prepend\"",
                "\"Metaspace\"",
                "\"Unigram\"",
                "\"bos_token\":",
                "\"eos_token\":",
                "\"lstrip\":true",
                "2147483647",
                "-1",
                "null",
                "\\ud800",
                "Ġ");
    }
}
