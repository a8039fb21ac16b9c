package dev.cachalot.server;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** JSON from strangers, read strictly, and JSON to them. */
final class Json {
    private static final int MAX_DEPTH = 32;

    private static final ObjectMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxNumberLength(100)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /** The object that the bytes spell, or a refusal that says where they stop making sense. */
    static ObjectNode object(byte[] utf8) {
        String text = text(utf8);
        JsonNode node;
        try {
            node = MAPPER.readTree(text);
        } catch (JacksonException e) {
            String field = BrokenField.in(text, MAPPER);
            throw ApiException.malformed(
                    "invalid_json", field, "the body is not valid JSON" + where(e) + within(field));
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw ApiException.of(
                400, "invalid_json", "the body is " + kind(node) + "; expected a JSON object");
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a tree can always be written", e);
        }
    }

    /** The type of a value in words. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "true or false";
            case NULL -> "null";
            case BINARY, POJO, MISSING -> "empty";
        };
    }

    private static String text(byte[] utf8) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what is broken
        ByteBuffer in = ByteBuffer.wrap(utf8);
        CharBuffer out = CharBuffer.allocate(utf8.length);
        CoderResult result = decoder.decode(in, out, true);
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            String field = BrokenField.in(out.flip().toString(), MAPPER);
            throw ApiException.malformed(
                    "invalid_utf8",
                    field,
                    "the body is not valid UTF-8: byte %d is no character".formatted(in.position())
                            + within(field));
        }
        return out.flip().toString();
    }

    private static String within(String field) {
        return field.isEmpty() ? "" : ", in " + field;
    }

    /** Place and reason without the library's own words, which quote the body. */
    private static String where(JacksonException e) {
        JsonLocation at = e.getLocation();
        String problem = e.getOriginalMessage();
        String reason =
                problem.contains("nesting depth")
                        ? ": more than %d levels of nesting".formatted(MAX_DEPTH)
                        : problem.startsWith("Duplicate field") ? ": a field is given twice" : "";
        return at == null || at.getLineNr() < 0
                ? reason
                : "%s (line %d, column %d)".formatted(reason, at.getLineNr(), at.getColumnNr());
    }

    private Json() {}
}
