package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.testing.Cases;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The published vocabularies and pattern lists beside their slow twins, on one text in some 380
 * languages of the shared folder; skipped without it.
 */
class PublishedTextGoldenTest {
    private static List<String> languages() throws IOException {
        Path file = Published.folder().resolveSibling("text").resolve("udhr/udhr.jsonl.gz");
        assumeTrue(Files.exists(file), "needs data/text/udhr of the shared folder");
        ObjectMapper mapper = new ObjectMapper();
        List<String> texts = new ArrayList<>();
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String text = mapper.readTree(line).path("text").asText();
                if (text.length() > 1000) { // some are empty
                    texts.add(text);
                }
            }
        }
        assertThat(texts).hasSizeGreaterThan(350);
        return texts;
    }

    /** A stretch of some language, or of languages, signs and odd characters mixed. */
    private static String stretch(List<String> languages, SplittableRandom random, int most) {
        if (random.nextInt(4) == 0) {
            return SmallVocabulary.randomText(random, 20);
        }
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(2); left > 0; left--) {
            String language = languages.get(random.nextInt(languages.size()));
            int from = language.offsetByCodePoints(0, random.nextInt(language.length() / 2));
            int to = Math.min(language.length(), from + random.nextInt(most));
            if (to > from && Character.isHighSurrogate(language.charAt(to - 1))) {
                to--;
            }
            text.append(language, from, to);
        }
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"deepseek_v3", "qwen3"})
    void jsonVocabularyGivesTheIdsOfTheQuadraticMethod(String name) throws IOException {
        check(Published.json(name));
    }

    @Test
    void llama31GivesTheIdsOfTheQuadraticMethod() throws IOException {
        check((TokenizerSpec) Published.llama31());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "deepseek-llm", "deepseek-coder"})
    void ggufVocabularyGivesTheIdsOfTheQuadraticMethod(String name) throws IOException {
        check((TokenizerSpec) Published.gguf(name));
    }

    private static void check(TokenizerSpec spec) throws IOException {
        SlowTwin twin = new SlowTwin(spec);
        check(spec.tokenizer(), spec.rules().nfc(), twin::encode);
    }

    @Test
    void sentencePieceVocabularyGivesTheIdsOfTheQuadraticMethod() throws IOException {
        SentencePieceSpec spec = (SentencePieceSpec) Published.gguf("llama-spm");
        SlowPieces twin = new SlowPieces(spec);
        check(
                spec.tokenizer(),
                false,
                text -> text.isEmpty() ? new int[0] : twin.encode(text.replace('▁', ' ')));
    }

    private static void check(Tokenizer tokenizer, boolean nfc, Function<String, int[]> twin)
            throws IOException {
        List<String> languages = languages();
        Cases.forAll(
                1000,
                random -> {
                    String text = stretch(languages, random, 100);
                    int[] ids = tokenizer.encodePlain(text);
                    assertThat(ids).as(text).isEqualTo(twin.apply(text));
                    String decoded = nfc ? Normalizer.normalize(text, Normalizer.Form.NFC) : text;
                    if (tokenizer.spacePrefix() != SpacePrefix.NEVER) {
                        decoded = decoded.replace('▁', ' ');
                    }
                    assertThat(tokenizer.decode(ids)).isEqualTo(decoded);
                    assertThat(streamed(tokenizer, ids)).isEqualTo(decoded);
                    int from = ids.length == 0 ? 0 : random.nextInt(ids.length);
                    int[] cut = Arrays.copyOfRange(ids, from, ids.length);
                    assertThat(streamed(tokenizer, cut)).isEqualTo(tokenizer.decode(cut));
                });
    }

    private static String streamed(Tokenizer tokenizer, int[] ids) {
        StreamingDecoder stream = new StreamingDecoder(tokenizer);
        StringBuilder pieces = new StringBuilder();
        for (int id : ids) {
            pieces.append(stream.accept(id));
        }
        return pieces.append(stream.flush()).toString();
    }

    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void everyLanguageIsCutAsThePatternsSay(String name) throws IOException {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        for (String language : languages()) {
            String text = language.substring(0, language.offsetByCodePoints(0, 1000));
            List<String> expected = new ArrayList<>();
            preTokenizer.splitByPatterns(
                    text, 0, text.length(), (from, to) -> expected.add(text.substring(from, to)));
            assertThat(preTokenizer.split(text)).isEqualTo(expected);
        }
    }
}
