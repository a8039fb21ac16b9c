package dev.cachalot.library.convert;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The small files beside the weights in a Hugging Face folder. */
record SideFiles(Path folder) {
    static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";
    static final String TOKENIZER_CONFIG = "tokenizer_config.json";
    static final String GENERATION_CONFIG = "generation_config.json";
    static final String CHAT_TEMPLATE = "chat_template";
    private static final String JINJA = "chat_template.jinja";
    private static final long MOST_BYTES = 64 << 20;

    /** Files that go from a folder to a folder as they are. */
    private static final List<String> CARRIED =
            List.of(
                    TOKENIZER,
                    TOKENIZER_CONFIG,
                    GENERATION_CONFIG,
                    JINJA,
                    "special_tokens_map.json",
                    "added_tokens.json",
                    "vocab.json",
                    "merges.txt");

    /** The texts of the files that are carried over as they are. */
    Map<String, String> carried() throws IOException {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : CARRIED) {
            Optional<String> text = text(name);
            text.ifPresent(found -> texts.put(name, found));
        }
        return texts;
    }

    /** A file's JSON; missing when there is no such file. */
    JsonNode json(String name) throws IOException {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return ConfigJsonText.MAPPER.readTree(text.get());
        } catch (JacksonException broken) {
            throw new ConversionException(
                    "%s is not JSON (%s); fetch it again"
                            .formatted(folder.resolve(name), broken.getOriginalMessage()));
        }
    }

    /** The model's chat template, wherever its folder keeps it. */
    Optional<String> chatTemplate() throws IOException {
        Optional<String> own = text(JINJA);
        if (own.isPresent()) {
            return own;
        }
        JsonNode stated = json(TOKENIZER_CONFIG).path(CHAT_TEMPLATE);
        if (stated.isArray()) { // several with names
            for (JsonNode one : stated) {
                if (one.path("name").asText().equals("default")) {
                    return Optional.of(one.path("template").asText());
                }
            }
        }
        return stated.isTextual() ? Optional.of(stated.asText()) : Optional.empty();
    }

    /** The folder's config.json for weights that are stored as {@code dtype}. */
    String configWithType(String dtype) throws IOException {
        if (json(CONFIG) instanceof ObjectNode config) {
            config.remove("quantization_config");
            config.put(config.has("dtype") ? "dtype" : "torch_dtype", dtype);
            return config.toPrettyString() + "\n";
        }
        throw new ConversionException(folder.resolve(CONFIG) + " is no JSON object");
    }

    private Optional<String> text(String name) throws IOException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        if (Files.size(file) > MOST_BYTES) {
            throw new ConversionException(
                    "%s has %,d bytes, expected at most %,d"
                            .formatted(file, Files.size(file), MOST_BYTES));
        }
        return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }
}
