package dev.cachalot.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model's config.json as {@link Metadata}: keys of nested objects are joined by dots, nulls are
 * left out, lists of one kind of scalar stay lists, and other lists are numbered ({@code
 * layers.0.kind}).
 */
final class ConfigJson {
    private static final int MOST_BYTES = 4 << 20;

    /** Of a joined key: a long outer one would be repeated for every number inside. */
    private static final int MOST_KEY_CHARS = 512;

    private static final ObjectMapper MAPPER = new ObjectMapper(StrictJson.FACTORY);

    private final Path path;
    private final Map<String, MetadataValue> values = new LinkedHashMap<>();

    private ConfigJson(Path path) {
        this.path = path;
    }

    static Metadata read(Path path) throws IOException {
        String json = SafetensorsFolder.readText(path, MOST_BYTES);
        JsonNode root = StrictJson.read(path, 0, json, MAPPER::<JsonNode>readTree);
        if (root == null || !root.isObject()) {
            throw new CheckpointFormatException(path, 0, "expected one JSON object");
        }
        ConfigJson config = new ConfigJson(path);
        config.putFields("", root);
        return new Metadata(path.toString(), config.values);
    }

    private void putFields(String prefix, JsonNode object) {
        for (Map.Entry<String, JsonNode> field : object.properties()) {
            put(prefix + field.getKey(), field.getValue());
        }
    }

    private void put(String key, JsonNode node) {
        if (key.length() > MOST_KEY_CHARS) {
            throw new CheckpointFormatException(
                    path,
                    0,
                    "found a key of %,d characters that starts with '%s', this build accepts at most %,d"
                            .formatted(key.length(), key.substring(0, 40), MOST_KEY_CHARS));
        }
        if (node.isObject()) {
            putFields(key + ".", node);
        } else if (node.isArray() && list(node).isEmpty()) {
            for (int i = 0; i < node.size(); i++) {
                put(key + "." + i, node.get(i));
            }
        } else {
            Optional<? extends MetadataValue> value = node.isArray() ? list(node) : scalar(node);
            value.ifPresent(
                    found -> {
                        if (values.putIfAbsent(key, found) != null) {
                            throw new CheckpointFormatException(
                                    path, 0, "found key '" + key + "' twice");
                        }
                    });
        }
    }

    private static Optional<MetadataValue> scalar(JsonNode node) {
        if (node.isTextual()) {
            return Optional.of(new Text(node.textValue()));
        }
        if (node.isBoolean()) {
            return Optional.of(new Bool(node.booleanValue()));
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return Optional.of(new Whole(MetadataType.I64, node.longValue()));
        }
        if (node.isNumber()) {
            return Optional.of(new Real(MetadataType.F64, node.doubleValue()));
        }
        return Optional.empty(); // null
    }

    /** The list's values if all are scalars of one type; whole numbers among real ones are real. */
    private static Optional<MetadataValue> list(JsonNode array) {
        List<MetadataValue> found = new ArrayList<>();
        for (JsonNode element : array) {
            Optional<MetadataValue> value = element.isArray() ? list(element) : scalar(element);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            found.add(value.orElseThrow());
        }
        List<MetadataType> types =
                found.stream().map(MetadataValue::type).distinct().collect(Collectors.toList());
        if (types.size() == 2
                && types.contains(MetadataType.F64)
                && types.contains(MetadataType.I64)) {
            found.replaceAll(
                    value ->
                            value instanceof Whole(var _, long number)
                                    ? new Real(MetadataType.F64, number)
                                    : value);
            types = List.of(MetadataType.F64);
        }
        return types.size() > 1
                ? Optional.empty()
                : Optional.of(
                        new Sequence(
                                types.isEmpty() ? MetadataType.STRING : types.getFirst(), found));
    }
}
