package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Pieces that Hugging Face's tokenizers library cut; how the file was made stands beside it. */
class PreTokenizerGoldenTest {
    @Test
    void piecesEqualThoseOfHuggingFace() throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        int checked = 0;
        for (String line : lines()) {
            JsonNode golden = mapper.readTree(line);
            String text = golden.get("text").asText();
            for (Map.Entry<String, JsonNode> entry : golden.get("pieces").properties()) {
                List<String> expected = new ArrayList<>();
                entry.getValue().forEach(piece -> expected.add(piece.asText()));
                assertThat(PreTokenizer.named(entry.getKey()).split(text))
                        .as(entry.getKey() + ": " + text)
                        .isEqualTo(expected);
                checked++;
            }
        }
        assertThat(checked).isEqualTo(52 * 7);
    }

    private static List<String> lines() throws IOException {
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        PreTokenizerGoldenTest.class.getResourceAsStream(
                                                "pretokenizers/golden.jsonl")),
                                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }
}
