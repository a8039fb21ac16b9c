package dev.cachalot.checkpoint;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** One tensor that a writer was given: where its numbers come from and how they are stored. */
sealed interface TensorToWrite {
    long COPIED = 64 << 20; // bytes copied at a time
    int CHUNK = 1 << 16; // numbers converted at a time; a multiple of every block size

    String name();

    DType stored();

    Shape shape();

    /** Streams the tensor's bytes, {@link #bytes} of them. */
    void writeTo(AtomicFile file, RowEncoder encoder) throws IOException;

    default long bytes() {
        return Math.multiplyExact(stored().bytes(shape().width()), shape().rows());
    }

    /** Refuses what no format can hold. */
    static void check(String name, Shape shape, DType stored) {
        if (stored == DType.I32) {
            throw new IllegalArgumentException(
                    "tensor '%s' cannot be stored as I32; weights are stored as %s"
                            .formatted(name, TensorInfo.usableTypes()));
        }
        if (shape.width() % stored.blockSize() != 0) {
            throw new IllegalArgumentException(
                    ("tensor '%s' of shape %s cannot be stored as %s: its rows are no"
                                    + " multiple of %d; store it as F16")
                            .formatted(name, shape, stored, stored.blockSize()));
        }
    }

    /** Copies or converts a tensor's rows. */
    record Existing(String name, Tensor source, DType stored) implements TensorToWrite {
        @Override
        public Shape shape() {
            return source.shape();
        }

        @Override
        public void writeTo(AtomicFile file, RowEncoder encoder) throws IOException {
            if (source.dtype() != stored) {
                encoder.write(name, shape(), stored, this::read, file);
                return;
            }
            long rowBytes = stored.bytes(source.width());
            long width = source.shape().width();
            int most = source.isContiguous() ? (int) Math.max(1, COPIED / (rowBytes + 1)) : 1;
            for (int row = 0; row < source.rows(); row += most) {
                int count = Math.min(most, source.rows() - row);
                long start = row * source.rowBytes();
                file.write(source.segment().asSlice(start, count * rowBytes));
                encoder.copied(name, stored, count * width);
            }
        }

        private void read(long firstRow, int count, float[] target) {
            int width = source.width();
            for (int i = 0; i < count; i++) {
                long at = (firstRow + i) * source.rowBytes();
                BlockFormat.decode(source.dtype(), source.segment(), at, width, target, i * width);
            }
        }
    }

    /** Asks for some rows after others, on any thread. */
    record Read(String name, Shape shape, DType stored, RowReader rows) implements TensorToWrite {
        @Override
        public void writeTo(AtomicFile file, RowEncoder encoder) throws IOException {
            encoder.write(name, shape, stored, rows, file);
        }
    }

    /** Asks for one row after another, on one thread. */
    record Made(String name, Shape shape, DType stored, RowSource rows) implements TensorToWrite {
        @Override
        public void writeTo(AtomicFile file, RowEncoder encoder) throws IOException {
            int width = Math.toIntExact(shape.width());
            float[] numbers = new float[width];
            for (long row = 0; row < shape.rows(); row++) {
                rows.readRow(row, numbers);
                for (int column = 0; column < width; column += CHUNK) {
                    encode(this, numbers, column, Math.min(CHUNK, width - column), file);
                }
            }
            encoder.copied(name, stored, shape.elements());
        }
    }

    private static void encode(
            TensorToWrite tensor, float[] numbers, int start, int count, AtomicFile file)
            throws IOException {
        refuseOverflow(tensor.name(), tensor.stored(), numbers, start, count);
        byte[] encoded = new byte[(int) tensor.stored().bytes(count)];
        BlockFormat.encode(
                tensor.stored(), numbers, start, count, MemorySegment.ofArray(encoded), 0);
        file.write(encoded);
    }

    static void refuseOverflow(String name, DType stored, float[] numbers, int start, int count) {
        float limit = // the smallest size that rounds to infinity
                switch (stored) {
                    case F16 -> 65_520f;
                    case BF16 -> 0x1.FFp127f;
                    case Q8_0 -> 127 * 65_520f; // the block's scale is a half
                    case F32, I32 -> Float.POSITIVE_INFINITY;
                    default -> 8 * 65_520f; // the least that four bits and a half hold
                };
        for (int i = start; i < start + count; i++) {
            float number = numbers[i];
            boolean overflows = Math.abs(number) >= limit && Float.isFinite(number);
            if (overflows || (stored.blockSize() > 1 && !Float.isFinite(number))) {
                throw new UnstorableNumberException(name, number, stored);
            }
        }
    }
}
