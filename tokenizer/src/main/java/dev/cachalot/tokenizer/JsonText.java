package dev.cachalot.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cachalot.tokenizer.jinja.PythonText;
import java.util.Iterator;
import java.util.Map;

/** JSON in texts, written as Python's {@code json.dumps(value, ensure_ascii=False)} does. */
final class JsonText {
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    /**
     * The object that a text holds.
     *
     * @param what the text is, for the message
     * @throws InvalidConversationException when it is anything else
     */
    static JsonNode requireObject(String text, String what) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node != null && node.isObject()) {
                return node;
            }
            throw new InvalidConversationException(what + " are JSON, but no object; expected {…}");
        } catch (JsonProcessingException notJson) {
            throw new InvalidConversationException(
                    what + " are no JSON (" + notJson.getOriginalMessage() + "); expected {…}");
        }
    }

    /** The value that a text holds; missing where it is no JSON. */
    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException notJson) {
            return MissingNode.getInstance();
        }
    }

    /** One line, a space after each comma and colon, no escapes beyond those JSON needs. */
    static String python(JsonNode node) {
        StringBuilder out = new StringBuilder();
        write(node, out);
        return out.toString();
    }

    private static void write(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            out.append('{');
            Iterator<Map.Entry<String, JsonNode>> fields = node.properties().iterator();
            while (fields.hasNext()) {
                Map.Entry<String, JsonNode> field = fields.next();
                PythonText.quote(field.getKey(), out);
                out.append(": ");
                write(field.getValue(), out);
                out.append(fields.hasNext() ? ", " : "");
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                out.append(i > 0 ? ", " : "");
                write(node.get(i), out);
            }
            out.append(']');
        } else if (node.isTextual()) {
            PythonText.quote(node.textValue(), out);
        } else {
            out.append(node);
        }
    }

    private JsonText() {}
}
