package dev.cachalot.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes safetensors, as one file or as a Hugging Face folder of shards. Wider types come first, so
 * that every tensor is aligned to its type. Q8_0 is not a type of this format.
 */
public final class SafetensorsWriter implements CheckpointWriter {
    private static final int ALIGNMENT = 64; // of the data; the format asks for 8
    private static final int LENGTH_BYTES = 8;

    private final Map<String, String> metadata;
    private final Map<String, TensorToWrite> tensors = new LinkedHashMap<>();
    private int threads = 1;
    private EncodingListener listener = EncodingListener.SILENT;

    /** A writer of these {@code __metadata__} strings and, so far, no tensors. */
    public SafetensorsWriter(Map<String, String> metadata) {
        this.metadata = new LinkedHashMap<>(metadata);
    }

    @Override
    public SafetensorsWriter add(String name, Tensor source, DType stored) {
        return add(new TensorToWrite.Existing(name, source, stored));
    }

    @Override
    public SafetensorsWriter add(String name, Shape shape, DType stored, RowSource rows) {
        return add(new TensorToWrite.Made(name, shape, stored, rows));
    }

    @Override
    public SafetensorsWriter add(String name, Shape shape, DType stored, RowReader rows) {
        return add(new TensorToWrite.Read(name, shape, stored, rows));
    }

    @Override
    public SafetensorsWriter encoding(int threads, EncodingListener listener) {
        this.threads = threads;
        this.listener = listener;
        return this;
    }

    private SafetensorsWriter add(TensorToWrite tensor) {
        TensorToWrite.check(tensor.name(), tensor.shape(), tensor.stored());
        if (tensor.stored().blockSize() > 1) {
            throw new IllegalArgumentException(
                    ("tensor '%s' cannot be stored as %s in safetensors; store it as BF16,"
                                    + " or write GGUF")
                            .formatted(tensor.name(), tensor.stored()));
        }
        if (tensor.name().equals(SafetensorsReader.METADATA_KEY)) {
            throw new IllegalArgumentException("no tensor can have the name " + tensor.name());
        }
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' was added twice");
        }
        return this;
    }

    @Override
    public void write(Path file) throws IOException {
        write(file, List.copyOf(tensors.values()));
    }

    /**
     * Writes a folder that appears as a whole: model.safetensors, or shards of at most {@code
     * maxShardBytes} of data (one tensor at least) with their index; and beside them {@code texts},
     * such as config.json, by file name.
     *
     * @throws java.nio.file.FileAlreadyExistsException if the folder is there and not empty
     */
    public void writeFolder(Path folder, long maxShardBytes, Map<String, String> texts)
            throws IOException {
        List<List<TensorToWrite>> shards = shards(maxShardBytes);
        try (AtomicFolder target = AtomicFolder.create(folder)) {
            Map<String, String> shardOf = new LinkedHashMap<>();
            for (int i = 0; i < shards.size(); i++) {
                String name =
                        shards.size() == 1
                                ? SafetensorsFolder.SINGLE
                                : "model-%05d-of-%05d.safetensors".formatted(i + 1, shards.size());
                write(target.path().resolve(name), shards.get(i));
                shards.get(i).forEach(tensor -> shardOf.put(tensor.name(), name));
            }
            if (shards.size() > 1) {
                AtomicFile.writeString(
                        target.path().resolve(SafetensorsFolder.INDEX), index(shardOf));
            }
            for (Map.Entry<String, String> text : texts.entrySet()) {
                if (!SafetensorsFolder.isFileName(text.getKey())) {
                    throw new IllegalArgumentException(
                            "'" + text.getKey() + "' is not the name of a file in the folder");
                }
                AtomicFile.writeString(target.path().resolve(text.getKey()), text.getValue());
            }
            target.commit();
        }
    }

    private List<List<TensorToWrite>> shards(long maxShardBytes) {
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException(
                    "shards of at most " + maxShardBytes + " bytes hold nothing");
        }
        List<List<TensorToWrite>> shards = new ArrayList<>();
        List<TensorToWrite> shard = new ArrayList<>();
        long bytes = 0;
        for (TensorToWrite tensor : tensors.values()) {
            if (!shard.isEmpty() && tensor.bytes() > maxShardBytes - bytes) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(tensor);
            bytes += tensor.bytes();
        }
        shards.add(shard);
        return shards;
    }

    private void write(Path file, List<TensorToWrite> unsorted) throws IOException {
        List<TensorToWrite> sorted = new ArrayList<>(unsorted);
        sorted.sort(
                Comparator.comparingInt((TensorToWrite t) -> t.stored().blockBytes()).reversed());
        byte[] json = header(sorted);
        int padding = -(LENGTH_BYTES + json.length) & (ALIGNMENT - 1);
        LittleEndianBytes length = new LittleEndianBytes();
        length.i64(json.length + padding);
        try (RowEncoder encoder = new RowEncoder(threads, listener)) {
            AtomicFile.write(
                    file,
                    out -> {
                        out.write(length.toByteArray());
                        out.write(json);
                        out.write(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
                        for (TensorToWrite tensor : sorted) {
                            tensor.writeTo(out, encoder);
                        }
                    });
        }
    }

    private byte[] header(List<TensorToWrite> sorted) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(SafetensorsReader.METADATA_KEY);
                for (Map.Entry<String, String> entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            long offset = 0;
            for (TensorToWrite tensor : sorted) {
                long end = Math.addExact(offset, tensor.bytes());
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.stored().name());
                json.writeFieldName("shape");
                long[] dims = tensor.shape().toArray();
                json.writeArray(dims, 0, dims.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {offset, end}, 0, 2);
                json.writeEndObject();
                offset = end;
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private String index(Map<String, String> shardOf) throws IOException {
        long total = tensors.values().stream().mapToLong(TensorToWrite::bytes).sum();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeObjectFieldStart("metadata");
            json.writeNumberField("total_size", total);
            json.writeEndObject();
            json.writeObjectFieldStart(SafetensorsFolder.WEIGHT_MAP);
            for (Map.Entry<String, String> entry : shardOf.entrySet()) {
                json.writeStringField(entry.getKey(), entry.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
