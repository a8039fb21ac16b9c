package dev.cachalot.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a safetensors file: 8 bytes of length, then JSON that gives each tensor's
 * type, shape and range. As strict as the safetensors library: the ranges must cover the data
 * without a gap.
 */
final class SafetensorsReader {
    static final String METADATA_KEY = "__metadata__";
    private static final int LENGTH_BYTES = 8;
    private static final int MOST_HEADER_BYTES = 32 << 20; // some 300,000 tensors in one file
    private static final int MOST_DIMS = 32;

    private final Path path;
    private final long dataStart;
    private final long dataBytes;
    private final String json;
    private final JsonParser parser; // borrowed while reading
    private final Map<String, MetadataValue> metadata = new LinkedHashMap<>();
    private final List<TensorInfo> tensors = new ArrayList<>();

    private SafetensorsReader(
            Path path, long dataStart, long dataBytes, String json, JsonParser parser) {
        this.path = path;
        this.dataStart = dataStart;
        this.dataBytes = dataBytes;
        this.json = json;
        this.parser = parser;
    }

    /** Reads the header of the whole file {@code bytes}; {@code path} is for messages. */
    static FileContents read(Path path, MemorySegment bytes) {
        UntrustedBytes header =
                new UntrustedBytes(path, bytes, LENGTH_BYTES + (long) MOST_HEADER_BYTES);
        int length = header.count("bytes of the JSON header", 1, MOST_HEADER_BYTES);
        String json = header.utf8(length, "the JSON header");
        if (!json.startsWith("{")) {
            throw header.error(
                    LENGTH_BYTES,
                    "found no '{' at the start of the JSON header; the file is not safetensors");
        }
        long dataStart = header.position();
        return StrictJson.read(
                path,
                LENGTH_BYTES,
                json,
                parser ->
                        new SafetensorsReader(
                                        path, dataStart, bytes.byteSize() - dataStart, json, parser)
                                .read());
    }

    private FileContents read() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            expect(JsonToken.START_OBJECT, "an object for '" + name + "'");
            if (name.equals(METADATA_KEY)) {
                readMetadata();
            } else {
                tensors.add(readTensor(name));
            }
        }
        refuseGaps();
        return new FileContents(
                "safetensors", new Metadata(path.toString(), metadata), Optional.empty(), tensors);
    }

    private void readMetadata() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            expect(JsonToken.VALUE_STRING, "a string for metadata key '" + key + "'");
            metadata.put(key, new MetadataValue.Text(parser.getText()));
        }
    }

    private TensorInfo readTensor(String name) throws IOException {
        SafetensorsType type = null;
        long[] dims = null;
        long[] range = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "dtype" -> type = readType(name);
                case "shape" -> dims = readNumbers("the shape of tensor '" + name + "'");
                case "data_offsets" -> range = readNumbers("data_offsets of '" + name + "'");
                default ->
                        throw error(
                                ("tensor '%s' has the unknown field '%s', expected dtype,"
                                                + " shape and data_offsets")
                                        .formatted(name, field));
            }
        }
        return place(
                name,
                given(type, name, "dtype"),
                given(dims, name, "shape"),
                given(range, name, "data_offsets"));
    }

    private <T> T given(@Nullable T value, String tensor, String field) {
        if (value == null) {
            throw error("tensor '%s' lacks the field '%s'".formatted(tensor, field));
        }
        return value;
    }

    private SafetensorsType readType(String tensor) throws IOException {
        expect(JsonToken.VALUE_STRING, "a string as dtype of tensor '" + tensor + "'");
        String name = parser.getText();
        return SafetensorsType.of(name)
                .orElseThrow(
                        () ->
                                error(
                                        "tensor '%s' is of unknown type '%s', expected one of %s"
                                                .formatted(tensor, name, SafetensorsType.known())));
    }

    private long[] readNumbers(String what) throws IOException {
        expect(JsonToken.START_ARRAY, "a list of whole numbers as " + what);
        long[] numbers = new long[MOST_DIMS];
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            expect(JsonToken.VALUE_NUMBER_INT, "whole numbers in " + what);
            if (count == MOST_DIMS) {
                throw error("more than %d numbers in %s".formatted(MOST_DIMS, what));
            }
            long number = parser.getLongValue();
            if (number < 0) {
                throw error("found %d in %s, expected no negative number".formatted(number, what));
            }
            numbers[count++] = number;
        }
        return Arrays.copyOf(numbers, count);
    }

    private TensorInfo place(String name, SafetensorsType type, long[] dims, long[] range) {
        if (!TensorRanges.isCountable(dims)) {
            throw error(
                    "tensor '%s' has shape %s, more numbers than can be counted"
                            .formatted(name, Arrays.toString(dims)));
        }
        if (range.length != 2 || range[0] > range[1] || range[1] > dataBytes) {
            throw error(
                    ("tensor '%s' has data_offsets %s, expected a start and an end within the"
                                    + " %,d bytes of data; %s")
                            .formatted(
                                    name,
                                    Arrays.toString(range),
                                    dataBytes,
                                    "the file is truncated or damaged, fetch it again"));
        }
        long found = range[1] - range[0];
        long expected = TensorRanges.bytes(dims, type.blockSize(), type.blockBytes(), found);
        if (expected != found) {
            throw error(
                    ("tensor '%s' (%s %s) has data_offsets %s, %,d bytes, which is not what"
                                    + " its type and shape take")
                            .formatted(
                                    name,
                                    type,
                                    Arrays.toString(dims),
                                    Arrays.toString(range),
                                    found));
        }
        return new TensorInfo(name, type.name(), Shape.of(dims), path, dataStart + range[0], found);
    }

    /** Tensors must follow each other from the first byte of the data to the last. */
    private void refuseGaps() {
        long end = dataStart;
        List<TensorInfo> sorted =
                tensors.stream()
                        .sorted(
                                Comparator.comparingLong(TensorInfo::offset)
                                        .thenComparingLong(TensorInfo::bytes))
                        .toList();
        for (TensorInfo tensor : sorted) {
            if (tensor.offset() != end) {
                throw new CheckpointFormatException(
                        path,
                        tensor.offset(),
                        ("tensor '%s' starts here, expected it at byte %,d, where the one"
                                        + " before ends; %s")
                                .formatted(
                                        tensor.name(),
                                        end,
                                        "the header is damaged, fetch the file again"));
            }
            end += tensor.bytes();
        }
        if (end != dataStart + dataBytes) {
            throw new CheckpointFormatException(
                    path,
                    end,
                    "found %,d bytes that belong to no tensor; the file is damaged, fetch it again"
                            .formatted(dataStart + dataBytes - end));
        }
    }

    private void expect(JsonToken expected, String what) {
        if (parser.currentToken() != expected) {
            throw error("found %s, expected %s".formatted(parser.currentToken(), what));
        }
    }

    private CheckpointFormatException error(String problem) {
        return StrictJson.error(path, LENGTH_BYTES, json, parser, problem);
    }
}
