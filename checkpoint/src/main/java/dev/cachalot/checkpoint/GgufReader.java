package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Whole;
import dev.cachalot.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the header of a GGUF file, version 2 or 3, little-endian. Believes nothing: the file may
 * come from anywhere.
 *
 * <p>Source: the GGUF specification in ggml's docs/gguf.md. We also refuse what it leaves open:
 * overlapping tensors, strings that are not UTF-8, headers beyond {@link #MOST_HEADER_BYTES}.
 */
final class GgufReader {
    static final int MAGIC = 0x46554747; // "GGUF", little-endian
    static final String ALIGNMENT_KEY = "general.alignment";
    static final int DEFAULT_ALIGNMENT = 32;
    static final int MOST_ALIGNMENT = 1 << 20;
    static final int MOST_DIMS = 4; // ggml's limit
    static final int MOST_NAME_BYTES = 65_535; // the specification's limit for keys
    private static final long MOST_HEADER_BYTES = 128L << 20;
    private static final int MOST_TENSORS = 1 << 20;
    private static final int LEAST_TENSOR_BYTES = 8 + 4 + 4 + 8; // empty name, no dimensions
    private static final int LEAST_KEY_BYTES = 8 + 4 + 1;

    private final Path path;
    private final MemorySegment bytes;
    private final UntrustedBytes header;

    private GgufReader(Path path, MemorySegment bytes) {
        this.path = path;
        this.bytes = bytes;
        this.header = new UntrustedBytes(path, bytes, MOST_HEADER_BYTES);
    }

    /** Reads the header of the whole file {@code bytes}; {@code path} is for messages. */
    static FileContents read(Path path, MemorySegment bytes) {
        return new GgufReader(path, bytes).read();
    }

    private FileContents read() {
        long version = readVersion();
        int tensorCount = header.count("tensors", LEAST_TENSOR_BYTES, MOST_TENSORS);
        Metadata metadata = readMetadata();
        int alignment = alignment(metadata);
        List<Entry> entries = readEntries(tensorCount);
        long dataStart = (header.position() + alignment - 1) / alignment * alignment;
        List<TensorInfo> tensors = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            tensors.add(place(entry, dataStart, alignment));
        }
        TensorRanges.refuseOverlaps(tensors);
        return new FileContents("GGUF v" + version, metadata, Optional.empty(), tensors);
    }

    private long readVersion() {
        int magic = header.i32("the magic number GGUF");
        if (magic != MAGIC) {
            throw header.error(
                    0, "found the magic number %08x, expected %08x (GGUF)".formatted(magic, MAGIC));
        }
        int version = header.i32("the version");
        if (version == 2 || version == 3) {
            return version;
        }
        int swapped = Integer.reverseBytes(version);
        String found = "GGUF version " + Integer.toUnsignedString(version);
        if (swapped >= 1 && swapped <= 3) {
            found = "a big-endian GGUF file (version " + swapped + ")";
        }
        throw header.error(
                4,
                "found "
                        + found
                        + ", expected version 2 or 3, little-endian; convert the model again with a"
                        + " current converter");
    }

    private Metadata readMetadata() {
        int count = header.count("metadata keys", LEAST_KEY_BYTES, Integer.MAX_VALUE);
        Map<String, MetadataValue> values = new LinkedHashMap<>();
        GgufValues reader = new GgufValues(header);
        for (int i = 0; i < count; i++) {
            long at = header.position();
            String key = header.text("a metadata key", MOST_NAME_BYTES);
            if (values.put(key, reader.read(key)) != null) {
                throw header.error(at, "found key '" + key + "' twice");
            }
        }
        return new Metadata(path.toString(), values);
    }

    private int alignment(Metadata metadata) {
        MetadataValue value = metadata.values().get(ALIGNMENT_KEY);
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        if (value instanceof Whole(var _, long alignment)
                && alignment >= 1
                && alignment <= MOST_ALIGNMENT
                && Long.bitCount(alignment) == 1) {
            return (int) alignment;
        }
        throw header.error(
                header.position(),
                "key '%s' holds %s, expected a power of two up to %,d"
                        .formatted(ALIGNMENT_KEY, value, MOST_ALIGNMENT));
    }

    /** One tensor as the header has it; {@code offset} counts from the start of the data. */
    private record Entry(long at, String name, GgmlType type, long[] dims, long offset) {}

    private List<Entry> readEntries(int count) {
        List<Entry> entries = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            Entry entry = readEntry();
            if (!names.add(entry.name)) {
                throw header.error(entry.at, "found tensor '" + entry.name + "' twice");
            }
            entries.add(entry);
        }
        return entries;
    }

    private Entry readEntry() {
        long at = header.position();
        String name = header.text("a tensor's name", MOST_NAME_BYTES);
        long rankAt = header.position();
        long rank = header.u32("the number of dimensions of tensor '" + name + "'");
        if (rank > MOST_DIMS) {
            throw header.error(
                    rankAt,
                    "tensor '%s' has %,d dimensions, expected at most %d"
                            .formatted(name, rank, MOST_DIMS));
        }
        long[] dims = new long[(int) rank];
        long dimsAt = header.position();
        for (int i = dims.length - 1;
                i >= 0;
                i--) { // ggml counts from the fastest, Shape from the slowest
            dims[i] = header.i64("the dimensions of tensor '" + name + "'");
        }
        if (!TensorRanges.isCountable(dims)) {
            throw header.error(
                    dimsAt,
                    "tensor '%s' has dimensions %s, more numbers than can be counted"
                            .formatted(name, unsigned(dims)));
        }
        long typeAt = header.position();
        long number = header.u32("the type of tensor '" + name + "'");
        GgmlType type =
                GgmlType.of(number)
                        .orElseThrow(
                                () ->
                                        header.error(
                                                typeAt,
                                                ("tensor '%s' is of unknown type %,d,"
                                                                + " expected one of %s")
                                                        .formatted(
                                                                name, number, GgmlType.known())));
        return new Entry(at, name, type, dims, header.i64("the offset of tensor '" + name + "'"));
    }

    private TensorInfo place(Entry entry, long dataStart, int alignment) {
        Shape shape = Shape.of(entry.dims);
        GgmlType type = entry.type;
        if (shape.width() % type.blockSize() != 0) {
            throw header.error(
                    entry.at,
                    "tensor '%s' of shape %s has rows that are no multiple of %s's %d numbers"
                            .formatted(entry.name, shape, type, type.blockSize()));
        }
        if (entry.offset < 0 || entry.offset % alignment != 0) {
            throw header.error(
                    entry.at,
                    "tensor '%s' starts at %s of the data, expected a multiple of %,d"
                            .formatted(entry.name, Long.toUnsignedString(entry.offset), alignment));
        }
        long room = Math.max(0, bytes.byteSize() - dataStart);
        long size =
                TensorRanges.bytes(
                        entry.dims,
                        type.blockSize(),
                        type.blockBytes(),
                        Math.max(0, room - entry.offset));
        if (size < 0 || (entry.offset > room && size > 0)) {
            throw header.error(
                    entry.at,
                    ("tensor '%s' (%s %s) starts at %,d of the %,d bytes of data and does not"
                                    + " fit; %s")
                            .formatted(
                                    entry.name,
                                    type,
                                    shape,
                                    entry.offset,
                                    room,
                                    "the file is truncated or damaged, fetch it again"));
        }
        long offset = size == 0 ? Math.min(dataStart, bytes.byteSize()) : dataStart + entry.offset;
        return new TensorInfo(entry.name, type.name(), shape, path, offset, size);
    }

    private static String unsigned(long[] dims) {
        List<String> all = new ArrayList<>();
        for (long dim : dims) {
            all.add(Long.toUnsignedString(dim));
        }
        return all.toString();
    }
}
