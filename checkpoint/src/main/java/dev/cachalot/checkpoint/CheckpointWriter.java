package dev.cachalot.checkpoint;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes a checkpoint: tensors are named first, then streamed one after another, so that memory
 * stays bounded. Sources must stay valid and unchanged until the file is written.
 *
 * <p>{@code add} throws {@link IllegalArgumentException} for a name given twice, a type that the
 * format has not, or rows that do not fill whole blocks.
 */
public sealed interface CheckpointWriter permits GgufWriter, SafetensorsWriter {
    /** Stores a tensor as it is. */
    default CheckpointWriter add(String name, Tensor source) {
        return add(name, source, source.dtype());
    }

    /** Stores a tensor as {@code stored}, converting or quantising on the way. */
    CheckpointWriter add(String name, Tensor source, DType stored);

    /** Stores rows that are made when they are needed, one after another. */
    CheckpointWriter add(String name, Shape shape, DType stored, RowSource rows);

    /** Stores rows that are read when they are needed, by as many threads as encode. */
    CheckpointWriter add(String name, Shape shape, DType stored, RowReader rows);

    /**
     * Encodes on {@code threads} threads (else on one) and tells {@code listener} what was written.
     */
    CheckpointWriter encoding(int threads, EncodingListener listener);

    /**
     * Writes everything to {@code file}, which appears complete or, on any failure, stays as it
     * was.
     *
     * @throws UnstorableNumberException if a number would become infinite in the type chosen
     * @throws IOException if the file cannot be written, for example because the disk is full
     */
    void write(Path file) throws IOException;
}
