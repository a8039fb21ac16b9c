package dev.cachalot.library;

import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.SentencePieceSpec;
import dev.cachalot.tokenizer.SpacePrefix;
import dev.cachalot.tokenizer.TokenizerFormatException;
import dev.cachalot.tokenizer.TokenizerSpec;
import dev.cachalot.tokenizer.Vocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The vocabulary in a GGUF file's metadata. Source: the keys {@code tokenizer.ggml.*} of GGUF's
 * specification; token types are those of llama.cpp's {@code llama_token_type}.
 */
final class GgufTokenizer {
    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int BYTE = 6;

    private static final String KEYS = "tokenizer.ggml.";

    /** Our own keys, written only where a name alone would not tell the rules. */
    private static final String NFC = "cachalot.tokenizer.nfc";

    private static final String IGNORE_MERGES = "cachalot.tokenizer.ignore_merges";
    private static final String SPACE_PREFIX = "cachalot.tokenizer.space_prefix";

    /** Other names that files give to lists of patterns we know. */
    private static final Map<String, String> OTHER_NAMES =
            Map.of("llama3", "llama-bpe", "llama-v3", "llama-bpe", "gpt2", "gpt-2");

    /**
     * Reads the vocabulary.
     *
     * @throws UnusableModelException if there is none, or one of a kind that is not known
     * @throws dev.cachalot.checkpoint.MetadataException if a key is missing or of another type
     * @throws TokenizerFormatException if it contradicts itself
     */
    static Vocabulary read(Metadata metadata, String file) {
        String model = metadata.findString(KEYS + "model").orElse("");
        if (model.isEmpty()) {
            throw new UnusableModelException(
                    file
                            + " holds no tokenizer (no key tokenizer.ggml.model); expected one for"
                            + " text: only 'logits' and 'inspect' work with this file");
        }
        try {
            return switch (model) {
                case "gpt2" -> byteLevel(metadata);
                case "llama" -> sentencePiece(metadata);
                default ->
                        throw new UnusableModelException(
                                file
                                        + " has a tokenizer of kind '"
                                        + model
                                        + "'; this build knows 'gpt2' (byte-level pair encoding)"
                                        + " and 'llama' (SentencePiece pair encoding)");
            };
        } catch (TokenizerFormatException contradiction) {
            throw new TokenizerFormatException(
                    file + ": tokenizer.ggml: " + contradiction.getMessage(), contradiction);
        }
    }

    private static Vocabulary byteLevel(Metadata metadata) {
        List<String> tokens = metadata.requireStringList(KEYS + "tokens");
        String named = metadata.findString(KEYS + "pre").orElse("gpt-2");
        String pre = OTHER_NAMES.getOrDefault(named, named);
        OptionalInt bos = metadata.findInt(KEYS + "bos_token_id");
        boolean addsBos =
                bos.isPresent()
                        && metadata.findBool(KEYS + "add_bos_token")
                                .orElse(pre.equals("llama-bpe"));
        TokenizerSpec.Rules usual = TokenizerSpec.Rules.of(pre, addsBos);
        return new TokenizerSpec(
                pre,
                tokens,
                metadata.requireStringList(KEYS + "merges"),
                added(tokens, types(metadata, tokens)),
                bos,
                metadata.findInt(KEYS + "eos_token_id"),
                new TokenizerSpec.Rules(
                        metadata.findBool(IGNORE_MERGES).orElse(usual.ignoreMerges()),
                        metadata.findBool(NFC).orElse(usual.nfc()),
                        addsBos));
    }

    /** The ids that llama.cpp takes for 'llama' where a file names none are 0, 1 and 2. */
    private static Vocabulary sentencePiece(Metadata metadata) {
        List<String> tokens = metadata.requireStringList(KEYS + "tokens");
        List<Integer> types = types(metadata, tokens);
        for (int id = 0; id < types.size(); id++) {
            if (types.get(id) == BYTE && SentencePieceSpec.byteOf(tokens.get(id)) < 0) {
                throw new TokenizerFormatException(
                        "token %d '%s' is marked as a byte; expected a text of the form <0x0A>"
                                .formatted(id, tokens.get(id)));
            }
        }
        return new SentencePieceSpec(
                tokens,
                new SentencePieceSpec.ByScore(metadata.requireFloatList(KEYS + "scores")),
                added(tokens, types),
                spacePrefix(metadata),
                OptionalInt.of(metadata.findInt(KEYS + "unknown_token_id").orElse(0)),
                OptionalInt.of(metadata.findInt(KEYS + "bos_token_id").orElse(1)),
                OptionalInt.of(metadata.findInt(KEYS + "eos_token_id").orElse(2)),
                metadata.findBool(KEYS + "add_bos_token").orElse(true));
    }

    private static SpacePrefix spacePrefix(Metadata metadata) {
        Optional<String> own = metadata.findString(SPACE_PREFIX);
        for (SpacePrefix prefix : SpacePrefix.values()) {
            if (own.isPresent() && own.get().equals(prefix.name())) {
                return prefix;
            }
        }
        return metadata.findBool(KEYS + "add_space_prefix").orElse(true)
                ? SpacePrefix.EVERY_PART
                : SpacePrefix.NEVER;
    }

    private static List<Integer> types(Metadata metadata, List<String> tokens) {
        List<Integer> types =
                metadata.findIntList(KEYS + "token_type")
                        .orElseGet(() -> Collections.nCopies(tokens.size(), NORMAL));
        if (types.size() != tokens.size()) {
            throw new TokenizerFormatException(
                    "there are %d token types for %d tokens; expected one a token"
                            .formatted(types.size(), tokens.size()));
        }
        return types;
    }

    private static List<AddedToken> added(List<String> tokens, List<Integer> types) {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < types.size(); id++) {
            int type = types.get(id);
            if (type == CONTROL || type == USER_DEFINED || type == UNKNOWN) {
                added.add(new AddedToken(id, tokens.get(id), type != USER_DEFINED));
            }
        }
        return added;
    }

    /**
     * Writes the keys that {@link #read} reads, as llama.cpp expects them. How added tokens are
     * found beside spaces and words ({@link AddedToken.Matching}) has no key there and is lost.
     */
    static void write(Vocabulary vocabulary, MetadataBuilder metadata) {
        List<String> tokens = vocabulary.tokens();
        List<Integer> types = new ArrayList<>(Collections.nCopies(tokens.size(), NORMAL));
        for (AddedToken added : vocabulary.addedTokens()) {
            types.set(added.id(), added.special() ? CONTROL : USER_DEFINED);
        }
        switch (vocabulary) {
            case TokenizerSpec spec -> {
                metadata.string(KEYS + "model", "gpt2").string(KEYS + "pre", spec.preTokenizer());
                metadata.stringList(KEYS + "tokens", tokens)
                        .stringList(KEYS + "merges", spec.merges());
                TokenizerSpec.Rules usual =
                        TokenizerSpec.Rules.of(spec.preTokenizer(), spec.addsBos());
                if (spec.rules().nfc() != usual.nfc()) {
                    metadata.bool(NFC, spec.rules().nfc());
                }
                if (spec.rules().ignoreMerges() != usual.ignoreMerges()) {
                    metadata.bool(IGNORE_MERGES, spec.rules().ignoreMerges());
                }
            }
            case SentencePieceSpec spec -> {
                for (int id = 0; id < tokens.size(); id++) {
                    if (SentencePieceSpec.byteOf(tokens.get(id)) >= 0) {
                        types.set(id, BYTE);
                    }
                }
                spec.unknownId().ifPresent(id -> types.set(id, UNKNOWN));
                metadata.string(KEYS + "model", "llama").string(KEYS + "pre", "default");
                metadata.stringList(KEYS + "tokens", tokens)
                        .f32List(KEYS + "scores", spec.scores())
                        .bool(KEYS + "add_space_prefix", spec.spacePrefix() != SpacePrefix.NEVER)
                        .string(SPACE_PREFIX, spec.spacePrefix().name());
                spec.unknownId().ifPresent(id -> metadata.u32(KEYS + "unknown_token_id", id));
            }
        }
        metadata.i32List(KEYS + "token_type", types)
                .bool(KEYS + "add_bos_token", vocabulary.addsBos())
                .bool(KEYS + "add_eos_token", false);
        vocabulary.bosId().ifPresent(id -> metadata.u32(KEYS + "bos_token_id", id));
        vocabulary.eosId().ifPresent(id -> metadata.u32(KEYS + "eos_token_id", id));
    }

    private GgufTokenizer() {}
}
