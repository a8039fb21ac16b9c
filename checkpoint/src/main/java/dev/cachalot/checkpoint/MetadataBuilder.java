package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects metadata to be written; a key set twice keeps its place and takes the later value. */
public final class MetadataBuilder {
    private final Map<String, MetadataValue> values = new LinkedHashMap<>();

    MetadataBuilder() {}

    public MetadataBuilder put(String key, MetadataValue value) {
        values.put(key, value);
        return this;
    }

    public MetadataBuilder putAll(Metadata other) {
        values.putAll(other.values());
        return this;
    }

    public MetadataBuilder string(String key, String value) {
        return put(key, new Text(value));
    }

    public MetadataBuilder bool(String key, boolean value) {
        return put(key, new Bool(value));
    }

    /** A count or id as most GGUF readers expect it; not negative. */
    public MetadataBuilder u32(String key, int value) {
        return put(key, new Whole(MetadataType.U32, value));
    }

    public MetadataBuilder i32(String key, int value) {
        return put(key, new Whole(MetadataType.I32, value));
    }

    public MetadataBuilder i64(String key, long value) {
        return put(key, new Whole(MetadataType.I64, value));
    }

    public MetadataBuilder f32(String key, float value) {
        return put(key, new Real(MetadataType.F32, value));
    }

    public MetadataBuilder f64(String key, double value) {
        return put(key, new Real(MetadataType.F64, value));
    }

    public MetadataBuilder stringList(String key, List<String> strings) {
        return put(
                key,
                new Sequence(
                        MetadataType.STRING,
                        strings.stream().<MetadataValue>map(Text::new).toList()));
    }

    public MetadataBuilder i32List(String key, List<Integer> numbers) {
        return put(
                key,
                new Sequence(
                        MetadataType.I32,
                        numbers.stream()
                                .<MetadataValue>map(n -> new Whole(MetadataType.I32, n))
                                .toList()));
    }

    public MetadataBuilder f32List(String key, List<Float> numbers) {
        return put(
                key,
                new Sequence(
                        MetadataType.F32,
                        numbers.stream()
                                .<MetadataValue>map(n -> new Real(MetadataType.F32, n))
                                .toList()));
    }

    public Metadata build() {
        return new Metadata("new metadata", values);
    }
}
