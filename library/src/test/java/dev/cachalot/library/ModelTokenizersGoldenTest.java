package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.testing.SharedFolder;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.TokenizerJson;
import dev.cachalot.tokenizer.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenizers of whole files of the shared folder; skipped without it. */
class ModelTokenizersGoldenTest {
    @TempDir Path folder;

    private static Path shared(String path) {
        Optional<Path> file = SharedFolder.find().map(shared -> shared.resolve(path));
        assumeTrue(
                file.isPresent() && Files.exists(file.get()),
                "needs " + path + " of the shared folder (CACHALOT_SHARED names it)");
        return file.get();
    }

    /** llama.cpp's vectors, read from the GGUF and again from the tokenizer.json made of it. */
    @ParameterizedTest
    @ValueSource(strings = {"gpt-2", "deepseek-llm", "deepseek-coder", "llama-spm"})
    void vocabularyFilesGiveTheIdsOfLlamaCpp(String name) throws IOException {
        Path packed = shared("data/tokenizers/llama.cpp-vocab/ggml-vocab-" + name + ".gguf.gz");
        Path file = folder.resolve(name + ".gguf");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.copy(in, file);
        }
        Vocabulary vocabulary = ModelTokenizers.vocabulary(file);
        check(vocabulary.tokenizer(), packed, name);
        TokenizerJson.write(vocabulary, folder.resolve("tokenizer.json"));
        Vocabulary again = ModelTokenizers.vocabulary(folder);
        check(again.tokenizer(), packed, name);
        assertThat(again.addsBos()).isEqualTo(vocabulary.addsBos());
        assertThat(again.addedTokens()).isEqualTo(vocabulary.addedTokens());
    }

    private static void check(Tokenizer tokenizer, Path packed, String name) throws IOException {
        String[] texts =
                Files.readString(packed.resolveSibling("ggml-vocab-" + name + ".gguf.inp"))
                        .split("\n__ggml_vocab_test__\n", -1);
        String[] lines =
                Files.readString(packed.resolveSibling("ggml-vocab-" + name + ".gguf.out"))
                        .split("\n", -1);
        assertThat(texts).hasSize(47);
        for (int i = 0; i < texts.length; i++) {
            int[] expected =
                    Arrays.stream(lines[i].strip().split(" ", -1))
                            .filter(id -> !id.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();
            int[] ids = tokenizer.encode(texts[i]);
            assertThat(ids).as(texts[i]).isEqualTo(expected);
            assertThat(tokenizer.decode(ids)).isEqualTo(texts[i]);
        }
    }

    /**
     * The prompts of its golden.json, whose ids begin with the start token that encode leaves out.
     */
    @Test
    void aWholeModelFileGivesTheIdsOfItsPrompts() throws IOException {
        Tokenizer tokenizer =
                ModelTokenizers.read(shared("data/weights-stories260K/stories260K-f32.gguf"));
        assertThat(tokenizer.addsBos()).isTrue();
        assertThat(tokenizer.bosId()).hasValue(1);
        for (JsonNode golden :
                new ObjectMapper()
                        .readTree(
                                Files.readString(shared("data/weights-stories260K/golden.json")))) {
            int[] ids =
                    StreamSupport.stream(golden.path("prompt_ids").spliterator(), false)
                            .skip(1)
                            .mapToInt(JsonNode::asInt)
                            .toArray();
            assertThat(tokenizer.encode(golden.path("prompt").asText())).isEqualTo(ids);
        }
    }
}
