package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The fields of an object in a request; null is the same as absent. Refusals name the field. */
final class Fields {
    private static final int SHOWN = 40; // characters of a wrong value that are quoted

    private final ObjectNode node;
    private final String path; // "" or "messages[0]."

    Fields(ObjectNode node, String path) {
        this.node = node;
        this.path = path;
    }

    /** The field's place in the request. */
    String path(String name) {
        return path + name;
    }

    Optional<JsonNode> find(String name) {
        return Optional.ofNullable(node.get(name)).filter(value -> !value.isNull());
    }

    Optional<String> text(String name) {
        return find(name).map(value -> text(path(name), value));
    }

    Optional<Boolean> flag(String name) {
        return find(name)
                .map(
                        value -> {
                            if (!value.isBoolean()) {
                                throw wrong(path(name), value, "true or false");
                            }
                            return value.booleanValue();
                        });
    }

    Optional<Fields> object(String name) {
        return find(name).map(value -> object(path(name), value));
    }

    OptionalInt integer(String name, int least, int most) {
        Optional<JsonNode> value = find(name);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        JsonNode found = value.get();
        if (!found.canConvertToExactIntegral()
                || !found.canConvertToInt()
                || found.intValue() < least
                || found.intValue() > most) {
            String range = most == Integer.MAX_VALUE ? "of at least %d" : "from %d to %d";
            throw wrong(path(name), found, ("a whole number " + range).formatted(least, most));
        }
        return OptionalInt.of(found.intValue());
    }

    OptionalLong anyInteger(String name) {
        Optional<JsonNode> value = find(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        JsonNode found = value.get();
        if (!found.canConvertToExactIntegral() || !found.canConvertToLong()) {
            throw wrong(path(name), found, "a whole number of at most 64 bits");
        }
        return OptionalLong.of(found.longValue());
    }

    /**
     * A number within limits as a float, which is what it is used as; {@code least} itself is
     * allowed unless {@code above}.
     */
    OptionalDouble number(String name, double least, boolean above, double most) {
        Optional<JsonNode> value = find(name);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        JsonNode found = value.get();
        double number = found.isNumber() ? (float) found.doubleValue() : Double.NaN;
        if (!(above ? number > least : number >= least) || !(number <= most)) {
            throw wrong(
                    path(name),
                    found,
                    "a number %s %s, at most %s"
                            .formatted(above ? "above" : "of at least", plain(least), plain(most)));
        }
        return OptionalDouble.of(number);
    }

    static String text(String path, JsonNode value) {
        if (!value.isTextual()) {
            throw wrong(path, value, "a string");
        }
        String text = value.textValue();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) { // JSON can spell it
            throw ApiException.invalid(
                    path, path + " has half of a surrogate pair; expected valid Unicode");
        }
        return text;
    }

    static Fields object(String path, JsonNode value) {
        if (value instanceof ObjectNode object) {
            return new Fields(object, path + ".");
        }
        throw wrong(path, value, "an object");
    }

    /** The value that was found and the one that was expected, in a sentence. */
    static ApiException wrong(String path, JsonNode found, String expected) {
        return ApiException.invalid(path, path + " is " + shown(found) + "; expected " + expected);
    }

    private static String shown(JsonNode found) {
        if (found.isContainerNode()) {
            return Json.kind(found);
        }
        String text = found.toString();
        return text.length() <= SHOWN
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHOWN / 2)) + "…";
    }

    private static String plain(double limit) {
        return limit == Math.rint(limit) ? Long.toString((long) limit) : Double.toString(limit);
    }
}
