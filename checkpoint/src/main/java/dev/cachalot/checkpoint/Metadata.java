package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys and values of a checkpoint: GGUF's key/value section, the {@code __metadata__} of
 * safetensors, or a config.json with nested keys joined by dots ({@code rope_scaling.factor}).
 *
 * <p>{@code find} gives nothing when the key is absent, {@code require} then throws; both throw
 * {@link MetadataException} when the key holds another type. Holds copies: valid after the
 * checkpoint is closed.
 */
public final class Metadata {
    private final String source;
    private final Map<String, MetadataValue> values;

    Metadata(String source, Map<String, MetadataValue> values) {
        this.source = source;
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Starts metadata to be written. */
    public static MetadataBuilder builder() {
        return new MetadataBuilder();
    }

    /** All values, in the order of the file; unmodifiable. */
    public Map<String, MetadataValue> values() {
        return values;
    }

    /** Whether the key is there. */
    public boolean contains(String key) {
        return values.containsKey(key);
    }

    public Optional<String> findString(String key) {
        return find(key, "a string", v -> v instanceof Text(var text) ? text : null);
    }

    public String requireString(String key) {
        return findString(key).orElseThrow(() -> missing(key, "a string"));
    }

    /** A whole number of any stored width that fits an int. */
    public OptionalInt findInt(String key) {
        return find(key, "a whole number of 32 bits", Metadata::toInt)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
    }

    public int requireInt(String key) {
        return findInt(key).orElseThrow(() -> missing(key, "a whole number of 32 bits"));
    }

    /** A whole number of any stored width that fits a long. */
    public OptionalLong findLong(String key) {
        return find(key, "a whole number of 64 bits", Metadata::toLong)
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    public long requireLong(String key) {
        return findLong(key).orElseThrow(() -> missing(key, "a whole number of 64 bits"));
    }

    /** A real or whole number, rounded to a float. */
    public Optional<Float> findFloat(String key) {
        return find(key, "a number", Metadata::toFloat);
    }

    public float requireFloat(String key) {
        return findFloat(key).orElseThrow(() -> missing(key, "a number"));
    }

    public Optional<Boolean> findBool(String key) {
        return find(key, "true or false", v -> v instanceof Bool(var value) ? value : null);
    }

    public boolean requireBool(String key) {
        return findBool(key).orElseThrow(() -> missing(key, "true or false"));
    }

    public Optional<List<String>> findStringList(String key) {
        return findList(
                key, "a list of strings", value -> value instanceof Text(var text) ? text : null);
    }

    public List<String> requireStringList(String key) {
        return findStringList(key).orElseThrow(() -> missing(key, "a list of strings"));
    }

    public Optional<List<Integer>> findIntList(String key) {
        return findList(key, "a list of whole numbers of 32 bits", Metadata::toInt);
    }

    public List<Integer> requireIntList(String key) {
        return findIntList(key)
                .orElseThrow(() -> missing(key, "a list of whole numbers of 32 bits"));
    }

    public Optional<List<Float>> findFloatList(String key) {
        return findList(key, "a list of numbers", Metadata::toFloat);
    }

    public List<Float> requireFloatList(String key) {
        return findFloatList(key).orElseThrow(() -> missing(key, "a list of numbers"));
    }

    private static @Nullable Integer toInt(MetadataValue value) {
        Long whole = toLong(value);
        return whole != null && whole == whole.intValue() ? (Integer) whole.intValue() : null;
    }

    private static @Nullable Long toLong(MetadataValue value) {
        return value instanceof Whole whole && !whole.exceedsLong() ? (Long) whole.value() : null;
    }

    private static @Nullable Float toFloat(MetadataValue value) {
        if (value instanceof Real(var _, var number)) {
            return (float) number;
        }
        Long whole = toLong(value);
        return whole == null ? null : (Float) whole.floatValue();
    }

    private <T> Optional<T> find(
            String key, String expected, Function<MetadataValue, @Nullable T> convert) {
        MetadataValue value = values.get(key);
        if (value == null) {
            return Optional.empty();
        }
        T converted = convert.apply(value);
        if (converted == null) {
            throw new MetadataException(
                    source
                            + ": key '"
                            + key
                            + "' holds "
                            + value
                            + ", expected "
                            + expected
                            + "; the file was written for another program or is damaged");
        }
        return Optional.of(converted);
    }

    private <T> Optional<List<T>> findList(
            String key, String expected, Function<MetadataValue, @Nullable T> convert) {
        return find(
                key,
                expected,
                value -> value instanceof Sequence sequence ? all(sequence, convert) : null);
    }

    private static <T> @Nullable List<T> all(
            Sequence sequence, Function<MetadataValue, @Nullable T> convert) {
        List<T> list = new ArrayList<>(sequence.values().size());
        for (MetadataValue value : sequence.values()) {
            T converted = convert.apply(value);
            if (converted == null) {
                return null;
            }
            list.add(converted);
        }
        return Collections.unmodifiableList(list);
    }

    private MetadataException missing(String key, String expected) {
        List<String> nearest = Nearest.to(key, values.keySet(), 1);
        return new MetadataException(
                source
                        + ": key '"
                        + key
                        + "' ("
                        + expected
                        + ") is missing; "
                        + (nearest.isEmpty()
                                ? "there are no keys at all"
                                : "the nearest known key is '" + nearest.getFirst() + "'"));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Metadata metadata && values.equals(metadata.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return source + ": " + values;
    }
}
