package dev.cachalot.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Hugging Face's tokenizer.json, for the byte-level and the SentencePiece kind of byte-pair
 * encoding, and the tokenizer_config.json beside it for the start and end tokens.
 */
public final class TokenizerJson {
    static final String CONFIG = "tokenizer_config.json";

    /**
     * Twice the longest published file; with the next, a bound of the memory that reading takes.
     */
    private static final long LONGEST_FILE = 64L << 20;

    /** Numbers, strings, keys and brackets; the largest published file has 3 million. */
    private static final long MOST_PARTS = 8_000_000;

    static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(32)
                                                    .maxDocumentLength(LONGEST_FILE)
                                                    .maxTokenCount(MOST_PARTS)
                                                    .maxStringLength(1 << 20)
                                                    .maxNameLength(1 << 16)
                                                    .build())
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /**
     * Reads a tokenizer.json of either kind; start and end tokens come from a tokenizer_config.json
     * in the same folder, or else are the DeepSeek ones if the vocabulary has them.
     *
     * @throws TokenizerFormatException when a file is broken or asks for something that is not
     *     known
     * @throws IOException when a file cannot be read
     */
    public static Vocabulary readAny(Path file) throws IOException {
        Path config = file.resolveSibling(CONFIG);
        JsonNode tokenizer;
        try (InputStream in = Files.newInputStream(file)) {
            tokenizer = parse(in, file.toString());
        }
        if (!Files.exists(config)) {
            return new TokenizerJsonReader(file.toString(), tokenizer, Optional.empty())
                    .vocabulary();
        }
        try (InputStream in = Files.newInputStream(config)) {
            return new TokenizerJsonReader(
                            file.toString(), tokenizer, Optional.of(parse(in, config.toString())))
                    .vocabulary();
        }
    }

    /**
     * Reads a tokenizer.json without a config; {@code name} stands for it in messages.
     *
     * @throws TokenizerFormatException as {@link #readAny(Path)}
     * @throws IOException when the stream fails
     */
    public static Vocabulary readAny(InputStream in, String name) throws IOException {
        return new TokenizerJsonReader(name, parse(in, name), Optional.empty()).vocabulary();
    }

    /**
     * As {@link #readAny(Path)}, for byte-level vocabularies only.
     *
     * @throws TokenizerFormatException also when the vocabulary is of the other kind
     * @throws IOException when a file cannot be read
     */
    public static TokenizerSpec read(Path file) throws IOException {
        return byteLevel(readAny(file), file.toString());
    }

    /**
     * As {@link #readAny(InputStream, String)}, for byte-level vocabularies only.
     *
     * @throws TokenizerFormatException also when the vocabulary is of the other kind
     * @throws IOException when the stream fails
     */
    public static TokenizerSpec read(InputStream in, String name) throws IOException {
        return byteLevel(readAny(in, name), name);
    }

    private static TokenizerSpec byteLevel(Vocabulary vocabulary, String name) {
        if (vocabulary instanceof TokenizerSpec spec) {
            return spec;
        }
        throw new TokenizerFormatException(
                name + ": model.byte_fallback: found set; expected a byte-level vocabulary here");
    }

    /**
     * Writes a tokenizer.json, and the start and end tokens into tokenizer_config.json in the same
     * folder. Hugging Face's library reads both.
     */
    public static void write(Vocabulary vocabulary, Path file) throws IOException {
        Files.write(file, MAPPER.writeValueAsBytes(TokenizerJsonWriter.tokenizer(vocabulary)));
        Files.write(
                file.resolveSibling(CONFIG),
                MAPPER.writerWithDefaultPrettyPrinter()
                        .writeValueAsBytes(TokenizerJsonWriter.config(vocabulary)));
    }

    private static JsonNode parse(InputStream in, String name) throws IOException {
        try {
            return MAPPER.readTree(in);
        } catch (JsonProcessingException broken) {
            throw new TokenizerFormatException(
                    "%s: %s (line %d); expected one JSON object as Hugging Face's tokenizers write it"
                            .formatted(
                                    name,
                                    broken.getOriginalMessage(),
                                    broken.getLocation() == null
                                            ? 0
                                            : broken.getLocation().getLineNr()),
                    broken);
        } catch (CharConversionException noText) { // zeros make the parser think of UTF-32
            throw new TokenizerFormatException(
                    "%s: %s; expected one JSON object in UTF-8"
                            .formatted(name, noText.getMessage()),
                    noText);
        }
    }

    private TokenizerJson() {}
}
