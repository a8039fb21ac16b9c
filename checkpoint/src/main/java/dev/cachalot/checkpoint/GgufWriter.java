package dev.cachalot.checkpoint;

import dev.cachalot.checkpoint.MetadataValue.Bool;
import dev.cachalot.checkpoint.MetadataValue.Real;
import dev.cachalot.checkpoint.MetadataValue.Sequence;
import dev.cachalot.checkpoint.MetadataValue.Text;
import dev.cachalot.checkpoint.MetadataValue.Whole;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes GGUF version 3, little-endian, aligned to the {@code general.alignment} of its metadata
 * (32 without it).
 */
public final class GgufWriter implements CheckpointWriter {
    private static final int VERSION = 3;

    private final Metadata metadata;
    private final int alignment;
    private final Map<String, TensorToWrite> tensors = new LinkedHashMap<>();
    private int threads = 1;
    private EncodingListener listener = EncodingListener.SILENT;

    /** A writer of that metadata and, so far, no tensors. */
    public GgufWriter(Metadata metadata) {
        this.metadata = metadata;
        this.alignment =
                metadata.findInt(GgufReader.ALIGNMENT_KEY).orElse(GgufReader.DEFAULT_ALIGNMENT);
        if (alignment > GgufReader.MOST_ALIGNMENT || Integer.bitCount(alignment) != 1) {
            throw new IllegalArgumentException(
                    GgufReader.ALIGNMENT_KEY + " is " + alignment + ", expected a power of two");
        }
    }

    @Override
    public GgufWriter add(String name, Tensor source, DType stored) {
        return add(new TensorToWrite.Existing(name, source, stored));
    }

    @Override
    public GgufWriter add(String name, Shape shape, DType stored, RowSource rows) {
        return add(new TensorToWrite.Made(name, shape, stored, rows));
    }

    @Override
    public GgufWriter add(String name, Shape shape, DType stored, RowReader rows) {
        return add(new TensorToWrite.Read(name, shape, stored, rows));
    }

    @Override
    public GgufWriter encoding(int threads, EncodingListener listener) {
        this.threads = threads;
        this.listener = listener;
        return this;
    }

    private GgufWriter add(TensorToWrite tensor) {
        TensorToWrite.check(tensor.name(), tensor.shape(), tensor.stored());
        if (tensor.shape().rank() > GgufReader.MOST_DIMS) {
            throw new IllegalArgumentException(
                    "tensor '%s' has shape %s; GGUF holds at most %d dimensions"
                            .formatted(tensor.name(), tensor.shape(), GgufReader.MOST_DIMS));
        }
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' was added twice");
        }
        return this;
    }

    @Override
    public void write(Path file) throws IOException {
        LittleEndianBytes header = header();
        try (RowEncoder encoder = new RowEncoder(threads, listener)) {
            AtomicFile.write(
                    file,
                    out -> {
                        out.write(header.toByteArray());
                        out.padTo(alignment);
                        for (TensorToWrite tensor : tensors.values()) {
                            tensor.writeTo(out, encoder);
                            out.padTo(alignment);
                        }
                    });
        }
    }

    private LittleEndianBytes header() {
        LittleEndianBytes header = new LittleEndianBytes();
        header.i32(GgufReader.MAGIC);
        header.i32(VERSION);
        header.i64(tensors.size());
        header.i64(metadata.values().size());
        metadata.values()
                .forEach(
                        (key, value) -> {
                            header.text(key, GgufReader.MOST_NAME_BYTES);
                            header.i32(value.type().number());
                            put(header, value, 0);
                        });
        long offset = 0;
        for (TensorToWrite tensor : tensors.values()) {
            header.text(tensor.name(), GgufReader.MOST_NAME_BYTES);
            long[] dims = tensor.shape().toArray();
            header.i32(dims.length);
            for (int i = dims.length - 1; i >= 0; i--) { // fastest first
                header.i64(dims[i]);
            }
            header.i32(GgmlType.valueOf(tensor.stored().name()).number());
            header.i64(offset);
            offset = Math.addExact(offset, tensor.bytes() + (-tensor.bytes() & (alignment - 1)));
        }
        return header;
    }

    private static void put(LittleEndianBytes header, MetadataValue value, int depth) {
        switch (value) {
            case Whole(var type, long number) -> putNumber(header, type, number);
            case Real(var type, double number) when type == MetadataType.F32 ->
                    header.i32(Float.floatToRawIntBits((float) number));
            case Real(var _, double number) -> header.i64(Double.doubleToRawLongBits(number));
            case Bool(boolean truth) -> header.i8(truth ? 1 : 0);
            case Text(String text) -> header.text(text, GgufValues.MOST_TEXT_BYTES);
            case Sequence(var elementType, var values) -> {
                if (depth >= GgufValues.MOST_DEPTH) {
                    throw new IllegalArgumentException(
                            "metadata nests lists more than %d deep".formatted(depth));
                }
                header.i32(elementType.number());
                header.i64(values.size());
                values.forEach(element -> put(header, element, depth + 1));
            }
        }
    }

    private static void putNumber(LittleEndianBytes header, MetadataType type, long number) {
        switch (type.leastBytes()) {
            case 1 -> header.i8((int) number);
            case 2 -> header.i16((int) number);
            case 4 -> header.i32((int) number);
            default -> header.i64(number);
        }
    }
}
