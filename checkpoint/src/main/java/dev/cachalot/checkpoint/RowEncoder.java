package dev.cachalot.checkpoint;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Encodes a tensor's rows on several threads and writes them in order. At most two parts a thread
 * are in memory at a time, each of {@value #PART} numbers or one row.
 */
final class RowEncoder implements AutoCloseable {
    /** Numbers in a part; a row that is longer is a part of its own. */
    static final int PART = 1 << 18;

    private final ExecutorService workers; // owned
    private final int partsAhead;
    private final EncodingListener listener;
    private final Queue<Buffers> free = new ArrayDeque<>(); // of the thread that writes

    RowEncoder(int threads, EncodingListener listener) {
        this.workers =
                Executors.newFixedThreadPool(
                        threads, Thread.ofPlatform().name("encode-", 0).daemon().factory());
        this.partsAhead = 2 * threads;
        this.listener = listener;
    }

    private record Encoded(
            Buffers buffers, int bytes, long numbers, double squaredError, double squares) {}

    /** Memory for one part, used again and again so that the heap stays small. */
    private static final class Buffers {
        private float[] numbers = new float[0];
        private float[] decoded = new float[0];
        private byte[] bytes = new byte[0];

        private void fit(int count, int byteCount) {
            if (numbers.length < count) {
                numbers = new float[count];
                decoded = new float[count];
            }
            if (bytes.length < byteCount) {
                bytes = new byte[byteCount];
            }
        }
    }

    /** Writes all rows as {@code stored}. */
    void write(String name, Shape shape, DType stored, RowReader rows, AtomicFile file)
            throws IOException {
        int width = Math.toIntExact(shape.width());
        int most = Math.max(1, PART / Math.max(1, width));
        Queue<Future<Encoded>> running = new ArrayDeque<>();
        for (long row = 0; row < shape.rows(); row += most) {
            if (running.size() == partsAhead) {
                writeNext(name, stored, running, file);
            }
            long first = row;
            int count = (int) Math.min(most, shape.rows() - row);
            Buffers buffers = free.isEmpty() ? new Buffers() : free.remove();
            running.add(
                    workers.submit(() -> encode(name, stored, rows, first, count, width, buffers)));
        }
        while (!running.isEmpty()) {
            writeNext(name, stored, running, file);
        }
    }

    /** Tells of bytes that were copied as they are. */
    void copied(String name, DType stored, long numbers) {
        listener.written(name, stored, numbers, 0, 0);
    }

    private void writeNext(
            String name, DType stored, Queue<Future<Encoded>> running, AtomicFile file)
            throws IOException {
        Encoded part = await(running.remove());
        file.write(ByteBuffer.wrap(part.buffers().bytes, 0, part.bytes()));
        free.add(part.buffers());
        listener.written(name, stored, part.numbers(), part.squaredError(), part.squares());
    }

    private static Encoded await(Future<Encoded> part) throws IOException {
        try {
            return part.get();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped while encoding");
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case null, default -> throw new IOException(failure.getCause());
            }
        }
    }

    private static Encoded encode(
            String name,
            DType stored,
            RowReader rows,
            long firstRow,
            int rowCount,
            int width,
            Buffers buffers) {
        int count = rowCount * width;
        int byteCount = Math.toIntExact(stored.bytes(count));
        buffers.fit(count, byteCount);
        float[] numbers = buffers.numbers;
        float[] decoded = buffers.decoded;
        rows.read(firstRow, rowCount, numbers);
        TensorToWrite.refuseOverflow(name, stored, numbers, 0, count);
        MemorySegment encoded = MemorySegment.ofArray(buffers.bytes);
        BlockFormat.encode(stored, numbers, 0, count, encoded, 0);
        BlockFormat.decode(stored, encoded, 0, count, decoded, 0);
        double squaredError = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            if (decoded[i] != numbers[i]) { // so that equal infinities make no NaN
                double error = (double) decoded[i] - numbers[i];
                squaredError += error * error;
            }
            squares += (double) numbers[i] * numbers[i];
        }
        return new Encoded(buffers, byteCount, count, squaredError, squares);
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
