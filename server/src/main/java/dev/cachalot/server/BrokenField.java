package dev.cachalot.server;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.regex.Pattern;

/** Finds the field in which a text stops being JSON. */
final class BrokenField {
    /** What a field of the API may look like; other names are a stranger's and not repeated. */
    private static final Pattern KNOWN_FORM = Pattern.compile("[a-z_.\\[\\]0-9]{1,64}");

    /**
     * The innermost field that was begun and not ended where the text breaks, such as {@code
     * messages[0].content}; empty when that is the body itself, or nothing is broken.
     */
    static String in(String text, ObjectMapper mapper) {
        try (JsonParser parser = mapper.createParser(text)) {
            String path = read(parser);
            return KNOWN_FORM.matcher(path).matches() ? path : "";
        } catch (IOException unreadable) {
            return "";
        }
    }

    private static String read(JsonParser parser) {
        boolean inValue = false; // else between values, where only the container is known
        String name = "";
        try {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                inValue = true;
                name = nameIn(parser);
                parser.getText(); // strings are read to their end only when asked for
                inValue = token == JsonToken.FIELD_NAME;
            }
            return "";
        } catch (IOException broken) {
            JsonStreamContext at = parser.getParsingContext();
            // A name is read together with the beginning of its value.
            boolean inNext = !nameIn(parser).equals(name) && at.inObject();
            return inValue || inNext || at.inRoot() ? path(at) : path(at.getParent());
        }
    }

    private static String nameIn(JsonParser parser) {
        String name = parser.getParsingContext().getCurrentName();
        return name == null ? "" : name;
    }

    private static String path(JsonStreamContext at) {
        if (at.inRoot()) {
            return "";
        }
        String parent = path(at.getParent());
        if (at.inArray()) {
            return parent + "[" + at.getCurrentIndex() + "]";
        }
        String name = at.getCurrentName();
        return name == null ? parent : parent.isEmpty() ? name : parent + "." + name;
    }

    private BrokenField() {}
}
