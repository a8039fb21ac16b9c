package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
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
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Vocabularies that the shared folder has as tokenizer.json only, put into a GGUF file's metadata
 * and read from there: the ids are those that others gave. Skipped without the folder.
 */
class GgufVectorsGoldenTest {
    private static Path folder() {
        Optional<Path> folder =
                SharedFolder.find().map(shared -> shared.resolve("data/tokenizers"));
        assumeTrue(
                folder.isPresent() && Files.isDirectory(folder.get()),
                "needs data/tokenizers of the shared folder (CACHALOT_SHARED names it)");
        return folder.get();
    }

    private static Tokenizer throughGguf(Vocabulary vocabulary) {
        MetadataBuilder metadata = Metadata.builder();
        GgufTokenizer.write(vocabulary, metadata);
        return GgufTokenizer.read(metadata.build(), "x.gguf").tokenizer();
    }

    private static Tokenizer throughGguf(String name) throws IOException {
        Path file = folder().resolve(name).resolve("tokenizer.json.gz");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return throughGguf(TokenizerJson.readAny(in, name));
        }
    }

    @Test
    void deepSeekV3() throws IOException {
        checkJsonLines(throughGguf("deepseek_v3"), "deepseek_v3");
    }

    @Test
    void qwen2AndTheDistillationsOnIt() throws IOException {
        Tokenizer qwen = throughGguf("qwen3");
        checkJsonLines(qwen, "qwen3");
        checkLlamaCpp(qwen, "qwen2");
        checkLlamaCpp(qwen, "deepseek-r1-qwen");
    }

    @Test
    void llama3() throws IOException {
        String file = System.getenv("CACHALOT_LLAMA31_TOKENIZER");
        assumeTrue(file != null, "needs CACHALOT_LLAMA31_TOKENIZER, the path of a tokenizer.json");
        Tokenizer llama = throughGguf(TokenizerJson.readAny(Path.of(file)));
        checkJsonLines(llama, "llama3_1");
        checkLlamaCpp(llama, "llama-bpe");
    }

    private static void checkJsonLines(Tokenizer tokenizer, String name) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        int checked = 0;
        for (String line : Files.readAllLines(folder().resolve("golden/" + name + ".jsonl"))) {
            JsonNode golden = mapper.readTree(line);
            String text = golden.get("text").asText();
            assertThat(tokenizer.encode(text))
                    .as(text)
                    .isEqualTo(mapper.convertValue(golden.get("ids"), int[].class));
            checked++;
        }
        assertThat(checked).isEqualTo(108);
    }

    private static void checkLlamaCpp(Tokenizer tokenizer, String name) throws IOException {
        Path file = folder().resolve("llama.cpp-vocab/ggml-vocab-" + name + ".gguf.inp");
        String[] texts = Files.readString(file).split("\n__ggml_vocab_test__\n", -1);
        assertThat(texts).hasSize(47);
        String[] lines =
                Files.readString(file.resolveSibling("ggml-vocab-" + name + ".gguf.out"))
                        .split("\n", -1);
        for (int i = 0; i < texts.length; i++) {
            int[] expected =
                    Arrays.stream(lines[i].strip().split(" ", -1))
                            .filter(id -> !id.isEmpty())
                            .mapToInt(Integer::parseInt)
                            .toArray();
            assertThat(tokenizer.encode(texts[i])).as(texts[i]).isEqualTo(expected);
        }
    }
}
