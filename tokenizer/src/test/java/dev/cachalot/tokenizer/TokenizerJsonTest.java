package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TokenizerJsonTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir Path folder;

    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void aWrittenTokenizerReadsBackAsItWas(String name) throws IOException {
        TokenizerSpec small = SmallVocabulary.SPEC;
        TokenizerSpec spec =
                new TokenizerSpec(
                        name.equals("deepseek-r1-qwen")
                                ? "qwen2"
                                : name, // two names of one pattern
                        small.tokens(),
                        small.merges(),
                        small.addedTokens(),
                        OptionalInt.of(2),
                        OptionalInt.empty(),
                        new TokenizerSpec.Rules(true, true, true));
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(spec, file);
        assertThat(TokenizerJson.read(file)).isEqualTo(spec);
    }

    @ParameterizedTest
    @EnumSource
    void aWrittenSentencePieceVocabularyReadsBackAsItWas(SpacePrefix prefix) throws IOException {
        SentencePieceSpec spec = SmallSentencePiece.spec(prefix);
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(spec, file);
        assertThat(TokenizerJson.readAny(file))
                .isEqualTo(
                        new SentencePieceSpec(
                                spec.tokens(),
                                new SentencePieceSpec.ByRank(spec.merges()),
                                spec.addedTokens(),
                                prefix,
                                spec.unknownId(),
                                spec.bosId(),
                                spec.eosId(),
                                true));
        assertThatThrownBy(() -> TokenizerJson.read(file))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining("expected a byte-level vocabulary");
    }

    @Test
    void withoutAConfigTheDeepSeekTokensStartAndEnd() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(SmallVocabulary.SPEC, file);
        Files.delete(folder.resolve("tokenizer_config.json"));
        assertThat(TokenizerJson.read(file)).isEqualTo(SmallVocabulary.SPEC);
    }

    @Test
    void brokenFilesAreNamedWithKeyAndExpectation() throws IOException {
        check(
                root -> model(root).put("type", "WordPiece"),
                "model.type: found WordPiece; expected BPE");
        check(root -> root.remove("model"), "model.type: found missing");
        check(root -> model(root).put("byte_fallback", true), "expected Prepend '▁' and Replace");
        check(root -> model(root).put("dropout", 0.1), "model.dropout: found set");
        check(root -> vocab(root).put("a", -1), "model.vocab 'a': found -1");
        check(root -> vocab(root).put("a", 1.5), "model.vocab 'a': found 1.5");
        check(
                root -> vocab(root).put("a", 2_000_000_000),
                "id of 'a': found 2000000000; expected at most");
        check(root -> vocab(root).put("new", 20), "id 20: found both");
        check(root -> vocab(root).remove("Z"), "no token with id");
        check(root -> model(root).put("vocab", 1), "model.vocab: found NUMBER");
        check(root -> model(root).put("merges", 1), "model.merges: found NUMBER");
        check(root -> merges(root).add(7), "model.merges[");
        check(root -> merges(root).add("a b c"), "'a b c'; expected two tokens");
        check(
                root -> merges(root).add("a \u0120zz"),
                "needs the token '\u0120zz', which the vocabulary lacks");
        check(root -> merges(root).add("Q Z"), "needs the token 'QZ'");
        check(
                root -> root.putObject("normalizer").put("type", "Lowercase"),
                "normalizer: found [Lowercase]");
        check(root -> root.putNull("pre_tokenizer"), "no ByteLevel step");
        check(
                root ->
                        ((ObjectNode) root.at("/pre_tokenizer/pretokenizers/0/pattern"))
                                .put("Regex", "(a+)+b"),
                "pre_tokenizer: found [(a+)+b");
        check(
                root -> ((ObjectNode) root.at("/added_tokens/0")).put("content", "other"),
                "id 0: found both '<｜begin▁of▁sentence｜>' and 'other'");
    }

    private void check(Consumer<ObjectNode> damage, String message) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(SmallVocabulary.SPEC, file);
        ObjectNode root = (ObjectNode) MAPPER.readTree(Files.readAllBytes(file));
        damage.accept(root);
        byte[] damaged = MAPPER.writeValueAsBytes(root);
        assertThatThrownBy(
                        () ->
                                new BytePairTokenizer(
                                        TokenizerJson.read(
                                                new ByteArrayInputStream(damaged), "x.json")))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining(message);
    }

    private static ObjectNode model(ObjectNode root) {
        return (ObjectNode) root.get("model");
    }

    private static ObjectNode vocab(ObjectNode root) {
        return (ObjectNode) root.at("/model/vocab");
    }

    private static ArrayNode merges(ObjectNode root) {
        return (ArrayNode) root.at("/model/merges");
    }

    @Test
    void whatIsNoJsonOrTooDeepOrDoubledIsOneTypedError() {
        for (String text :
                new String[] {
                    "",
                    "{",
                    "[]",
                    "{\"model\":{\"vocab\":{\"a\":1,\"a\":2}}}",
                    "{} {}",
                    "[".repeat(100_000)
                }) {
            assertThatThrownBy(
                            () ->
                                    TokenizerJson.read(
                                            new ByteArrayInputStream(
                                                    text.getBytes(StandardCharsets.UTF_8)),
                                            "x.json"))
                    .isInstanceOf(TokenizerFormatException.class)
                    .hasMessageStartingWith("x.json: ");
        }
    }

    /** Each would otherwise take gigabytes of memory, or the whole stack. */
    @Test
    void hugeFilesAreRefusedBeforeTheyFillTheMemory() {
        check("[".repeat(100), "[", 1 << 20, "nesting depth");
        check("[0", ",{}", 9_000_000, "Token count");
        check("[\"", "a", 100 << 20, "String value length");
        check("[", " ", 100 << 20, "Document length");
    }

    private static void check(String start, String unit, int times, String message) {
        InputStream endless =
                new SequenceInputStream(
                        new ByteArrayInputStream(start.getBytes(StandardCharsets.UTF_8)),
                        new RepeatedBytes(unit.getBytes(StandardCharsets.UTF_8), times));
        assertThatThrownBy(() -> TokenizerJson.readAny(endless, "x.json"))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageStartingWith("x.json: ")
                .hasMessageContaining(message);
    }

    /** The same bytes again and again. */
    private static final class RepeatedBytes extends InputStream {
        private final byte[] unit;
        private long left;
        private int at;

        RepeatedBytes(byte[] unit, long times) {
            this.unit = unit;
            left = times * unit.length;
        }

        @Override
        public int read() {
            if (left == 0) {
                return -1;
            }
            left--;
            int value = unit[at];
            at = at + 1 == unit.length ? 0 : at + 1;
            return value;
        }

        @Override
        public int read(byte[] into, int from, int length) {
            int given = 0;
            for (int b = 0; given < length && (b = read()) >= 0; given++) {
                into[from + given] = (byte) b;
            }
            return given == 0 ? -1 : given;
        }
    }

    /** Llama 3.1's file has no add_bos_token; what its post processor does counts. */
    @Test
    void aPostProcessorThatPutsATokenInFrontAsksForIt() throws IOException {
        assertThat(addsBos("{\"bos_token\":\"<｜begin▁of▁sentence｜>\"}", true)).isTrue();
        assertThat(addsBos("{\"bos_token\":\"<｜begin▁of▁sentence｜>\"}", false)).isFalse();
        assertThat(
                        addsBos(
                                "{\"bos_token\":\"<｜begin▁of▁sentence｜>\",\"add_bos_token\":false}",
                                true))
                .isFalse();
        assertThat(addsBos("{\"bos_token\":null,\"add_bos_token\":true}", true)).isFalse();
    }

    private boolean addsBos(String config, boolean processor) throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(SmallVocabulary.SPEC, file);
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        ObjectNode root = (ObjectNode) MAPPER.readTree(Files.readAllBytes(file));
        if (processor) {
            root.set(
                    "post_processor",
                    MAPPER.readTree(
                            "{\"type\":\"Sequence\",\"processors\":[{\"type\":\"ByteLevel\"},"
                                    + "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\"}},"
                                    + "{\"Sequence\":{\"id\":\"A\"}}]}]}"));
        }
        MAPPER.writeValue(file.toFile(), root);
        return TokenizerJson.read(file).addsBos();
    }

    @Test
    void flagsOfAddedTokensAreReadAndWritten() throws IOException {
        TokenizerSpec small = SmallVocabulary.SPEC;
        AddedToken flagged =
                new AddedToken(
                        3, "<think>", false, new AddedToken.Matching(true, true, false, true));
        TokenizerSpec spec = small.withAddedToken(flagged);
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(spec, file);
        assertThat(TokenizerJson.read(file)).isEqualTo(spec);
        assertThat(spec.addedTokens()).contains(flagged);
    }

    /** Every cut of a small file, a byte shorter each time. */
    @Test
    void aTruncatedFileIsATypedError() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        TokenizerJson.write(SmallVocabulary.SPEC, file);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            ByteArrayInputStream cut = new ByteArrayInputStream(whole, 0, length);
            assertThatThrownBy(() -> TokenizerJson.read(cut, "x.json"))
                    .isInstanceOf(TokenizerFormatException.class);
        }
    }
}
