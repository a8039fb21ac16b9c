package dev.cachalot.bench.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.testing.SharedFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Plain texts of the shared folder. */
public enum SharedText {
    /** A bible of today's English. */
    ENGLISH("data/text/bible/en-web.jsonl.gz"),
    /** Classics in traditional characters. */
    CHINESE("data/text/chinese-classics/zh-hant.jsonl.gz"),
    /** Small Java programs with comments. */
    CODE("data/mbxp-train/java.train.jsonl.gz");

    private static final List<String> FIELDS = List.of("text", "prompt", "canonical_solution");

    private final String file;

    SharedText(String file) {
        this.file = file;
    }

    /** About the first so many characters. */
    String read(int length) throws IOException {
        Path shared =
                SharedFolder.find()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                "no shared folder is found; expected one beside an"
                                                        + " ancestor of the working directory, or in"
                                                        + " CACHALOT_SHARED"));
        StringBuilder text = new StringBuilder();
        ObjectMapper mapper = new ObjectMapper();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(shared.resolve(file))),
                                StandardCharsets.UTF_8))) {
            for (String line = lines.readLine();
                    line != null && text.length() < length;
                    line = lines.readLine()) {
                JsonNode document = mapper.readTree(line);
                FIELDS.forEach(field -> text.append(document.path(field).asText()));
                text.append("\n\n");
            }
        }
        return text.toString();
    }
}
