package dev.cachalot.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Changes of a JSON tree, as bytes spell them. */
final class Changes {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<JsonNode> VALUES =
            List.of(
                    JSON.nullNode(),
                    JSON.booleanNode(true),
                    JSON.booleanNode(false),
                    JSON.numberNode(0),
                    JSON.numberNode(1),
                    JSON.numberNode(-1),
                    JSON.numberNode(2),
                    JSON.numberNode(3),
                    JSON.numberNode(255),
                    JSON.numberNode(1 << 24),
                    JSON.numberNode(Integer.MAX_VALUE),
                    JSON.numberNode(Integer.MIN_VALUE),
                    JSON.numberNode(1L << 31),
                    JSON.numberNode(Long.MAX_VALUE),
                    JSON.numberNode(Long.MIN_VALUE),
                    JSON.numberNode(BigInteger.ONE.shiftLeft(64)),
                    JSON.numberNode(0.5),
                    JSON.numberNode(-0.0),
                    JSON.numberNode(1e-300),
                    JSON.numberNode(1e300),
                    JSON.textNode(""),
                    JSON.textNode(" "),
                    JSON.textNode("a"),
                    JSON.textNode("0"),
                    JSON.textNode("null"),
                    JSON.textNode("\ud83e\udd99"),
                    JSON.textNode("\u0000"),
                    JSON.textNode("../../x"),
                    JSON.textNode("%s%n%d"),
                    JSON.textNode("x".repeat(3000)),
                    JSON.arrayNode(),
                    JSON.objectNode());

    private final byte[] bytes;
    private int at;

    Changes(byte[] bytes) {
        this.bytes = bytes;
    }

    boolean hasNext() {
        return at < bytes.length;
    }

    /** A number from 0 to {@code bound - 1}; 0 after the end. */
    int below(int bound) {
        int number = 0;
        for (long most = 1; most < bound; most <<= 8) {
            number = number << 8 | (hasNext() ? bytes[at++] & 0xFF : 0);
        }
        return Integer.remainderUnsigned(number, bound);
    }

    void change(TreeTarget.Place place) {
        switch (place.parent()) {
            case ObjectNode object -> change(object, place.key());
            case ArrayNode array -> change(array, place.index());
            default -> throw new IllegalStateException("a leaf holds nothing: " + place);
        }
    }

    private void change(ObjectNode object, String key) {
        JsonNode old = object.get(key);
        switch (below(6)) {
            case 0 -> object.remove(key);
            case 1 -> object.set(text(), old);
            case 2 -> {
                List<String> keys = new ArrayList<>();
                object.fieldNames().forEachRemaining(keys::add);
                object.set(keys.get(below(keys.size())), old.deepCopy());
            }
            default -> object.set(key, value(old));
        }
    }

    private void change(ArrayNode array, int index) {
        JsonNode old = array.get(index);
        switch (below(6)) {
            case 0 -> array.remove(index);
            case 1 -> array.insert(below(array.size() + 1), old.deepCopy());
            case 2 -> array.set(below(array.size()), old.deepCopy());
            default -> array.set(index, value(old));
        }
    }

    private JsonNode value(JsonNode old) {
        return switch (below(8)) {
            case 0 -> JSON.numberNode((byte) below(256));
            case 1 -> JSON.textNode(text());
            case 2 -> JSON.arrayNode().add(old.deepCopy());
            case 3 -> JSON.objectNode().set("type", old.deepCopy());
            case 4 -> old.isTextual() ? JSON.textNode(old.textValue() + text()) : old;
            default -> VALUES.get(below(VALUES.size())).deepCopy();
        };
    }

    /** Up to seven bytes as they come; what is not UTF-8 becomes U+FFFD. */
    private String text() {
        int from = at;
        at = Math.min(bytes.length, at + 1 + below(7));
        return new String(
                Arrays.copyOfRange(bytes, Math.min(from + 1, at), at), StandardCharsets.UTF_8);
    }
}
