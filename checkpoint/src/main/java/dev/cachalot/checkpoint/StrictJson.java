package dev.cachalot.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * JSON from files that nobody vouches for: nesting, numbers and names are bounded, a key given
 * twice is refused, and every complaint names the byte.
 */
final class StrictJson {
    private static final int MOST_DEPTH = 32;
    private static final int MOST_NAME_CHARS = 65_535;
    private static final int MOST_NUMBER_CHARS = 64;

    static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MOST_DEPTH)
                                    .maxNameLength(MOST_NAME_CHARS)
                                    .maxNumberLength(MOST_NUMBER_CHARS)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // its table of names gives up on names made to collide
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    /** Reads one JSON text; IOExceptions can only be complaints of the parser. */
    @FunctionalInterface
    interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads {@code text}, which starts at byte {@code start} of the file, to its very end. */
    static <T> T read(Path path, long start, String text, Reading<T> reading) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            parser.nextToken();
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw error(path, start, text, parser, "found more after the JSON's end");
            }
            return result;
        } catch (JsonProcessingException broken) {
            long chars = broken.getLocation() == null ? 0 : broken.getLocation().getCharOffset();
            throw new CheckpointFormatException(
                    path,
                    start + bytes(text, chars),
                    "found broken JSON (" + broken.getOriginalMessage() + ")");
        } catch (IOException impossible) {
            throw new AssertionError("a string cannot fail to be read", impossible);
        }
    }

    /** A complaint about the token that the parser is at. */
    static CheckpointFormatException error(
            Path path, long start, String text, JsonParser parser, String problem) {
        long chars = parser.currentTokenLocation().getCharOffset();
        return new CheckpointFormatException(path, start + bytes(text, chars), problem);
    }

    private static long bytes(String text, long chars) {
        int end = Math.clamp(chars, 0, text.length());
        return text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
    }

    private StrictJson() {}
}
