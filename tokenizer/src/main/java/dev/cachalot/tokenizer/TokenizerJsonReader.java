package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One tokenizer.json being turned into a {@link Vocabulary}; every message names the file and the
 * key.
 */
final class TokenizerJsonReader {
    private final String file;
    private final JsonNode root;
    private final Optional<JsonNode> config;

    TokenizerJsonReader(String file, JsonNode root, Optional<JsonNode> config) {
        this.file = file;
        this.root = root;
        this.config = config;
    }

    Vocabulary vocabulary() {
        JsonNode model = root.path("model");
        String type = model.path("type").asText("BPE"); // old files leave it out
        if (!model.isObject() || !type.equals("BPE")) {
            throw broken("model.type", model.isObject() ? type : "missing", "BPE");
        }
        refuse("model.dropout", model.path("dropout").asDouble() != 0);
        refuse("model.continuing_subword_prefix", hasText(model.path("continuing_subword_prefix")));
        refuse("model.end_of_word_suffix", hasText(model.path("end_of_word_suffix")));
        List<AddedToken> addedTokens = addedTokens();
        List<String> tokens = tokens(model.path("vocab"), addedTokens);
        List<String> merges = merges(model.path("merges"));
        OptionalInt bos = configured("bos_token", DeepSeekTokens.BOS, addedTokens);
        OptionalInt eos = configured("eos_token", DeepSeekTokens.EOS, addedTokens);
        try {
            if (model.path("byte_fallback").asBoolean()) {
                return new SentencePieceSpec(
                        tokens,
                        new SentencePieceSpec.ByRank(merges),
                        addedTokens,
                        new SpaceSteps(this, root).prefix(),
                        unknown(model, tokens),
                        bos,
                        eos,
                        addsBos(bos));
            }
            return new TokenizerSpec(
                    preTokenizer(),
                    tokens,
                    merges,
                    addedTokens,
                    bos,
                    eos,
                    new TokenizerSpec.Rules(
                            model.path("ignore_merges").asBoolean(), nfc(), addsBos(bos)));
        } catch (TokenizerFormatException contradiction) {
            throw named(contradiction);
        }
    }

    private TokenizerFormatException named(TokenizerFormatException contradiction) {
        String message = String.valueOf(contradiction.getMessage());
        return message.startsWith(file)
                ? contradiction
                : new TokenizerFormatException(file + ": " + message, contradiction);
    }

    private OptionalInt unknown(JsonNode model, List<String> tokens) {
        String text = model.path("unk_token").asText("");
        int id = text.isEmpty() || model.path("unk_token").isNull() ? -1 : tokens.indexOf(text);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** What the config says, or else whether the post processor puts a token in front. */
    private boolean addsBos(OptionalInt bos) {
        if (bos.isEmpty()) {
            return false;
        }
        JsonNode said =
                config.map(node -> node.path("add_bos_token")).orElse(MissingNode.getInstance());
        if (said.isBoolean()) {
            return said.booleanValue();
        }
        for (JsonNode step : steps(root.path("post_processor"), "processors")) {
            if (step.path("type").asText().equals("TemplateProcessing")) {
                return step.path("single").path(0).has("SpecialToken");
            }
        }
        return config.isEmpty();
    }

    private List<AddedToken> addedTokens() {
        List<AddedToken> addedTokens = new ArrayList<>();
        for (JsonNode added : root.path("added_tokens")) {
            String text = added.path("content").asText();
            int id =
                    id(
                            "added_tokens '" + VocabularyCheck.shortened(text) + "' id",
                            added.path("id"));
            addedTokens.add(
                    new AddedToken(
                            id,
                            text,
                            added.path("special").asBoolean(),
                            new AddedToken.Matching(
                                    added.path("single_word").asBoolean(),
                                    added.path("lstrip").asBoolean(),
                                    added.path("rstrip").asBoolean(),
                                    added.path("normalized").asBoolean())));
        }
        return addedTokens;
    }

    private List<String> tokens(JsonNode vocab, List<AddedToken> addedTokens) {
        if (!vocab.isObject()) {
            throw broken("model.vocab", vocab.getNodeType(), "an object of tokens and ids");
        }
        @Nullable String[] byId = new @Nullable String[vocab.size() + addedTokens.size()];
        for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
            place(
                    byId,
                    id(
                            "model.vocab '" + VocabularyCheck.shortened(entry.getKey()) + "'",
                            entry.getValue()),
                    entry.getKey());
        }
        for (AddedToken added : addedTokens) {
            place(byId, added.id(), added.text());
        }
        int size = byId.length;
        while (size > 0 && byId[size - 1] == null) {
            size--;
        }
        List<String> tokens = new ArrayList<>(size);
        for (int id = 0; id < size; id++) {
            String token = byId[id];
            if (token == null) {
                throw broken(
                        "model.vocab",
                        "no token with id " + id,
                        "ids without a gap up to " + (size - 1));
            }
            tokens.add(token);
        }
        return tokens;
    }

    private void place(@Nullable String[] byId, int id, String token) {
        if (id >= byId.length) {
            throw broken(
                    "id of '" + token + "'",
                    id,
                    "at most " + (byId.length - 1) + ", the number of tokens less one");
        }
        String other = byId[id];
        if (other != null && !other.equals(token)) {
            throw broken("id " + id, "both '" + other + "' and '" + token + "'", "one token");
        }
        byId[id] = token;
    }

    private List<String> merges(JsonNode merges) {
        if (!merges.isArray()) {
            throw broken("model.merges", merges.getNodeType(), "an array");
        }
        List<String> lines = new ArrayList<>(merges.size());
        for (JsonNode merge : merges) {
            if (merge.isTextual()) {
                lines.add(merge.textValue());
            } else if (merge.isArray()
                    && merge.size() == 2
                    && merge.get(0).isTextual()
                    && merge.get(1).isTextual()) {
                lines.add(merge.get(0).textValue() + " " + merge.get(1).textValue());
            } else {
                throw broken(
                        "model.merges[" + lines.size() + "]",
                        merge,
                        "\"left right\" or [\"left\", \"right\"]");
            }
        }
        return lines;
    }

    private boolean nfc() {
        JsonNode normalizer = root.path("normalizer");
        List<String> steps = new ArrayList<>();
        for (JsonNode step : steps(normalizer, "normalizers")) {
            steps.add(step.path("type").asText());
        }
        if (!Set.of("NFC").containsAll(steps)) {
            throw broken("normalizer", steps, "none, or NFC");
        }
        return !steps.isEmpty();
    }

    private String preTokenizer() {
        List<String> patterns = new ArrayList<>();
        boolean byteLevel = false;
        for (JsonNode step : steps(root.path("pre_tokenizer"), "pretokenizers")) {
            switch (step.path("type").asText()) {
                case "Split" -> {
                    refuse("pre_tokenizer Split invert", step.path("invert").asBoolean());
                    String behavior = step.path("behavior").asText();
                    if (!behavior.equals("Isolated")) {
                        throw broken("pre_tokenizer Split behavior", behavior, "Isolated");
                    }
                    patterns.add(step.path("pattern").path("Regex").asText());
                }
                case "Digits" ->
                        patterns.add(
                                step.path("individual_digits").asBoolean() ? "\\p{N}" : "\\p{N}+");
                case "ByteLevel" -> {
                    byteLevel = true;
                    refuse(
                            "pre_tokenizer ByteLevel add_prefix_space",
                            step.path("add_prefix_space").asBoolean());
                    if (step.path("use_regex").asBoolean(true)) {
                        patterns.addAll(PreTokenizer.named("gpt-2").patterns());
                    }
                }
                default ->
                        throw broken(
                                "pre_tokenizer", step.path("type"), "Split, Digits or ByteLevel");
            }
        }
        if (!byteLevel) {
            throw broken(
                    "pre_tokenizer",
                    "no ByteLevel step",
                    "one: only byte-level vocabularies can be read");
        }
        return PreTokenizer.withPatterns(patterns)
                .map(PreTokenizer::name)
                .orElseThrow(
                        () ->
                                broken(
                                        "pre_tokenizer",
                                        patterns,
                                        "the patterns of one of " + PreTokenizer.names()));
    }

    /** A step alone, or those of a sequence; none for null. */
    static Iterable<JsonNode> steps(JsonNode node, String key) {
        if (node.isNull() || node.isMissingNode()) {
            return List.of();
        }
        return node.path("type").asText().equals("Sequence") ? node.path(key) : List.of(node);
    }

    private OptionalInt configured(String key, String deepSeek, List<AddedToken> addedTokens) {
        if (config.isEmpty()) {
            return idOf(deepSeek, addedTokens);
        }
        JsonNode named = config.get().path(key);
        String text = named.isObject() ? named.path("content").asText() : named.asText("");
        if (text.isEmpty() || text.equals("null")) {
            return OptionalInt.empty();
        }
        OptionalInt id = idOf(text, addedTokens);
        if (id.isEmpty()) {
            throw broken(
                    TokenizerJson.CONFIG + " " + key, "'" + text + "'", "one of the added tokens");
        }
        return id;
    }

    private static OptionalInt idOf(String text, List<AddedToken> addedTokens) {
        return addedTokens.stream()
                .filter(added -> added.text().equals(text))
                .mapToInt(AddedToken::id)
                .findFirst();
    }

    private int id(String key, JsonNode value) {
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.intValue() < 0) {
            throw broken(key, value, "an id from 0 on");
        }
        return value.intValue();
    }

    void refuse(String key, boolean present) {
        if (present) {
            throw broken(key, "set", "not set: that rule is not supported");
        }
    }

    private static boolean hasText(JsonNode node) {
        return node.isTextual() && !node.textValue().isEmpty();
    }

    TokenizerFormatException broken(String key, Object found, String expected) {
        String shown = found.toString();
        if (shown.length() > 200) {
            shown = shown.substring(0, 200) + "…";
        }
        return new TokenizerFormatException(
                "%s: %s: found %s; expected %s".formatted(file, key, shown, expected));
    }
}
