package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.testing.SharedFolder;
import dev.cachalot.tokenizer.ChatForms;
import dev.cachalot.tokenizer.ChatTemplate;
import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.TokenizerJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The published vocabularies have the marks as tokens; skipped without the shared folder. */
class ToolCallGoldenTest {
    @ParameterizedTest
    @CsvSource({"deepseek_v3,deepseek-v3", "qwen3,qwen3"})
    void callsInAPublishedVocabularyAreReadBack(
            String vocabulary, String name, @TempDir Path folder) throws IOException {
        Tokenizer tokenizer = published(vocabulary, folder);
        ChatTemplate form = ChatForms.named(name, tokenizer).orElseThrow();
        assertThat(ToolCallParser.marks(form.toolCallForm()))
                .isNotEmpty()
                .allMatch(mark -> tokenizer.id(mark).isPresent());
        ToolCallRoundTripTest.assertReadBack(form, tokenizer, true, 100);
    }

    private static Tokenizer published(String vocabulary, Path folder) throws IOException {
        Path from =
                SharedFolder.find()
                        .map(shared -> shared.resolve("data/tokenizers").resolve(vocabulary))
                        .orElse(Path.of(""));
        Path packed = from.resolve("tokenizer.json.gz");
        assumeTrue(
                Files.isRegularFile(packed),
                "needs data/tokenizers of the shared folder (CACHALOT_SHARED names it)");
        Path json = folder.resolve("tokenizer.json");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
            Files.copy(in, json);
        }
        Files.copy(from.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        return TokenizerJson.readAny(json).tokenizer();
    }
}
