package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ids that other implementations gave, for the vocabularies of the shared folder; skipped without
 * it.
 */
class PublishedVocabularyGoldenTest {
    private static final String SEPARATOR = "\n__ggml_vocab_test__\n";

    @Test
    void deepSeekV3IdsEqualThoseOfThreeOtherImplementations() throws IOException {
        checkJsonLines(new BytePairTokenizer(Published.json("deepseek_v3")), "deepseek_v3.jsonl");
    }

    @Test
    void qwen3IdsEqualThoseOfThreeOtherImplementations() throws IOException {
        Tokenizer qwen = new BytePairTokenizer(Published.json("qwen3"));
        checkJsonLines(qwen, "qwen3.jsonl");
        checkLlamaCpp(qwen, "qwen2");
        checkLlamaCpp(qwen, "deepseek-r1-qwen");
    }

    @Test
    void llama31IdsEqualThoseOfThreeOtherImplementations() throws IOException {
        Tokenizer llama = Published.llama31().tokenizer();
        checkJsonLines(llama, "llama3_1.jsonl");
        checkLlamaCpp(llama, "llama-bpe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "deepseek-llm", "deepseek-coder", "llama-spm"})
    void ggufVocabularyGivesTheIdsOfLlamaCpp(String name) throws IOException {
        checkLlamaCpp(Published.gguf(name).tokenizer(), name);
    }

    @Test
    void everyTokenOfDeepSeekV3DecodesToItsBytes() {
        TokenizerSpec spec = Published.json("deepseek_v3");
        Tokenizer tokenizer = new BytePairTokenizer(spec);
        assertThat(tokenizer.vocabSize()).isEqualTo(128_815);
        assertThat(tokenizer.bosId()).hasValue(0);
        assertThat(tokenizer.eosId()).hasValue(1);
        assertThat(tokenizer.id(DeepSeekTokens.USER)).hasValue(128_803);
        assertThat(tokenizer.isSpecial(0)).isTrue();
        assertThat(tokenizer.isSpecial(128_803)).isFalse();
        for (int id = 3; id < 128_000; id++) {
            assertThat(ByteSpelling.of(tokenizer.bytes(id))).isEqualTo(spec.tokens().get(id));
        }
    }

    /**
     * Ids of the table in the published V3.1 tokenizer.json; V3's file has place holders at the two
     * thinking ids.
     */
    @Test
    void theV31FormUsesTheV31Ids() {
        TokenizerSpec spec =
                Published.json("deepseek_v3")
                        .withAddedToken(new AddedToken(128_798, DeepSeekTokens.THINK, false))
                        .withAddedToken(new AddedToken(128_799, DeepSeekTokens.END_THINK, false));
        ChatTemplate template = new DeepSeekV31Template(new BytePairTokenizer(spec));
        Conversation hello = Conversation.of(Message.user("Hello world"));
        assertThat(template.prompt(hello, Thinking.ON))
                .containsExactly(0, 128_803, 19_923, 2058, 128_804, 128_798);
        assertThat(template.example(hello.plus(Message.assistant("Hello World"))).ids())
                .containsExactly(0, 128_803, 19_923, 2058, 128_804, 128_799, 19_923, 4495, 1);
    }

    private static void checkJsonLines(Tokenizer tokenizer, String file) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        int checked = 0;
        for (String line : Files.readAllLines(Published.folder().resolve("golden").resolve(file))) {
            JsonNode golden = mapper.readTree(line);
            int[] expected = mapper.convertValue(golden.get("ids"), int[].class);
            String text = golden.get("text").asText();
            checkBothWays(tokenizer, file + ": " + text, text, expected);
            checked++;
        }
        assertThat(checked).isEqualTo(108);
    }

    private static void checkLlamaCpp(Tokenizer tokenizer, String name) throws IOException {
        Path folder = Published.folder().resolve("llama.cpp-vocab");
        String[] texts =
                Files.readString(folder.resolve("ggml-vocab-" + name + ".gguf.inp"))
                        .split(SEPARATOR, -1);
        String[] lines =
                Files.readString(folder.resolve("ggml-vocab-" + name + ".gguf.out"))
                        .split("\n", -1);
        assertThat(texts).hasSize(47);
        for (int i = 0; i < texts.length; i++) {
            int[] expected =
                    Arrays.stream(lines[i].strip().split(" ", -1))
                            .filter(id -> !id.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();
            checkBothWays(tokenizer, name + ": " + texts[i], texts[i], expected);
        }
    }

    /** The ids of the text, and from the ids, at once and one by one, the text again. */
    private static void checkBothWays(Tokenizer tokenizer, String what, String text, int[] ids) {
        assertThat(tokenizer.encode(text)).as(what).isEqualTo(ids);
        boolean nfc = tokenizer instanceof BytePairTokenizer pairs && pairs.spec().rules().nfc();
        String encoded = nfc ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
        assertThat(tokenizer.decode(ids)).as(what).isEqualTo(encoded);
        StreamingDecoder stream = new StreamingDecoder(tokenizer);
        StringBuilder pieces = new StringBuilder();
        for (int id : ids) {
            pieces.append(stream.accept(id));
        }
        assertThat(stream.flush()).as(what).isEmpty();
        assertThat(pieces.toString()).as(what).isEqualTo(encoded);
    }
}
