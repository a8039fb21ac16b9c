package dev.cachalot.train;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads recipes: strict JSON, in which an unknown key, a wrong type or a bad number is an error.
 */
public final class RecipeReader {
    private static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .build();

    private static final Set<String> NULLABLE = Set.of("q_lora_rank");

    /** Objects that a recipe states whole: a language that it leaves out has no share. */
    private static final Set<String> STATED_WHOLE = Set.of("languages", "kinds");

    /**
     * The recipe of a file; keys that it leaves out take their defaults.
     *
     * @throws RecipeException if the file is no recipe
     * @throws IOException if it cannot be read
     */
    public static Recipe read(Path file) throws IOException {
        try {
            return parse(Files.readString(file), file.toString());
        } catch (NoSuchFileException missing) {
            throw new RecipeException(
                    "there is no recipe '"
                            + file
                            + "'; give the path of a JSON file such as one in recipes/");
        } catch (java.nio.charset.MalformedInputException broken) {
            throw new RecipeException(file + " is not UTF-8 text; a recipe is a JSON file");
        }
    }

    /**
     * The recipe of a text.
     *
     * @param source where it came from, for messages
     * @throws RecipeException if it is no recipe
     */
    public static Recipe parse(String json, String source) {
        ObjectNode resolved = MAPPER.valueToTree(Recipe.DEFAULTS);
        try {
            JsonNode given = MAPPER.readTree(json);
            if (!(given instanceof ObjectNode object)) {
                throw new RecipeException(
                        source
                                + " holds no JSON object; a recipe looks like {\"name\": ..., \"model\": {...}}");
            }
            merge(object, resolved);
            return MAPPER.treeToValue(resolved, Recipe.class);
        } catch (JsonProcessingException broken) {
            throw new RecipeException(source + message(broken, resolved));
        } catch (IllegalArgumentException refused) {
            throw new RecipeException(source + ": " + refused.getMessage());
        }
    }

    /** The whole recipe as JSON, defaults included: what a run directory keeps. */
    public static String write(Recipe recipe) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(recipe) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a recipe cannot be written as JSON", impossible);
        }
    }

    /** SHA-256 of {@link #write}, in hex: whether two runs follow the same recipe. */
    public static String hash(Recipe recipe) {
        try {
            byte[] bytes = write(recipe).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "this Java has no SHA-256, which every Java must have; try another JDK", e);
        }
    }

    private static void merge(ObjectNode given, ObjectNode target) {
        given.properties()
                .forEach(
                        entry -> {
                            if (entry.getValue().isNull() && !NULLABLE.contains(entry.getKey())) {
                                throw new IllegalArgumentException(
                                        "key '"
                                                + entry.getKey()
                                                + "' is null; leave it out for its default");
                            }
                            boolean nested =
                                    entry.getValue() instanceof ObjectNode
                                            && target.get(entry.getKey()) instanceof ObjectNode
                                            && !STATED_WHOLE.contains(entry.getKey());
                            if (nested) {
                                merge(
                                        (ObjectNode) entry.getValue(),
                                        (ObjectNode) target.get(entry.getKey()));
                            } else {
                                target.set(entry.getKey(), entry.getValue());
                            }
                        });
    }

    private static String message(JsonProcessingException broken, JsonNode recipe) {
        return switch (broken) {
            case UnrecognizedPropertyException unknown -> {
                Collection<String> known =
                        unknown.getKnownPropertyIds().stream()
                                .map(Object::toString)
                                .collect(Collectors.toCollection(TreeSet::new));
                yield ": key '"
                        + path(unknown)
                        + "' is not known; did you mean '"
                        + Nearest.to(unknown.getPropertyName(), known)
                        + "'? Known here are "
                        + known;
            }
            case ValueInstantiationException refused ->
                    ": "
                            + (refused.getCause() == null
                                    ? refused.getOriginalMessage()
                                    : refused.getCause().getMessage())
                            + (path(refused).isEmpty() ? "" : " (in '" + path(refused) + "')");
            case MismatchedInputException wrong when !wrong.getPath().isEmpty() ->
                    ": key '"
                            + path(wrong)
                            + "' is "
                            + found(wrong, recipe)
                            + "; expected "
                            + expected(wrong);
            case MismatchedInputException trailing ->
                    syntax(trailing, "something follows the closing brace");
            case JsonMappingException other ->
                    ": key '" + path(other) + "': " + other.getOriginalMessage();
            case JsonEOFException cut -> syntax(cut, "the text ends too early");
            case JsonParseException syntax -> syntax(syntax, syntax.getOriginalMessage());
            default -> ": " + broken.getOriginalMessage();
        };
    }

    private static String syntax(JsonProcessingException broken, String problem) {
        return ", line "
                + broken.getLocation().getLineNr()
                + ", column "
                + broken.getLocation().getColumnNr()
                + ": "
                + problem
                + "; a recipe is strict JSON (no comments, every key once)";
    }

    private static String expected(MismatchedInputException wrong) {
        Class<?> type = wrong.getTargetType();
        if (type == null) {
            return "another type";
        }
        if (type.isEnum()) {
            return "one of " + MAPPER.valueToTree(type.getEnumConstants());
        }
        if (type == int.class || type == long.class || type == Integer.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        return type == String.class ? "a string" : "an object";
    }

    private static JsonNode found(JsonMappingException wrong, JsonNode recipe) {
        JsonNode at = recipe;
        for (JsonMappingException.Reference step : wrong.getPath()) {
            at = at.path(step.getFieldName());
        }
        return at;
    }

    private static String path(JsonMappingException broken) {
        return broken.getPath().stream()
                .map(JsonMappingException.Reference::getFieldName)
                .collect(Collectors.joining("."));
    }

    private RecipeReader() {}
}
