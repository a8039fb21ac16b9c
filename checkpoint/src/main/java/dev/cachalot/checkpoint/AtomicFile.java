package dev.cachalot.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * A file that is either written whole or not at all. Bytes go to a temporary file in the same
 * folder ({@code .name.<random>.part}); {@link #commit} forces them to disk and renames it over the
 * target in one step. Closing without a commit removes the temporary file and leaves the old target
 * as it was; after a kill the old target stays too, and only the .part file is left over, which the
 * next write to the same target removes.
 *
 * <p>For one thread at a time.
 */
public final class AtomicFile implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int EVEN_BYTES = 4 << 20;
    private static final long SLICE_BYTES = 64L << 20; // a ByteBuffer holds less than 2 GiB

    /** Writes the whole content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(AtomicFile file) throws IOException;
    }

    private final Path target;
    private final Path temporary;
    private final FileChannel channel; // owned
    private final ByteBuffer buffer;
    private final boolean isEven; // whether every write to the system but the last fills the buffer
    private long position; // bytes written, buffered ones included
    private boolean committed;

    private AtomicFile(
            Path target, Path temporary, FileChannel channel, ByteBuffer buffer, boolean isEven) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.buffer = buffer;
        this.isEven = isEven;
    }

    /** Starts a file that will replace {@code target}, whose folder must exist. */
    public static AtomicFile create(Path target) throws IOException {
        return create(target, ByteBuffer.allocate(BUFFER_BYTES), false);
    }

    /**
     * As above, for a large file that will be mapped: written in pieces of 4 MiB at multiples of
     * that, which some systems then keep, and map, on large pages.
     */
    public static AtomicFile createEven(Path target) throws IOException {
        return create(target, ByteBuffer.allocateDirect(EVEN_BYTES), true);
    }

    private static AtomicFile create(Path target, ByteBuffer buffer, boolean isEven)
            throws IOException {
        if (Files.isDirectory(target)) {
            throw new IOException(target + " is a folder, expected the name of a file to write");
        }
        Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        LeftOvers.removeBeside(real);
        Path temporary = LeftOvers.nameBeside(real);
        FileChannel channel =
                FileChannel.open(
                        temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        LeftOvers.claim(temporary, channel);
        return new AtomicFile(real, temporary, channel, buffer, isEven);
    }

    /** Replaces {@code target} by what {@code content} writes; keeps the old one if that fails. */
    public static void write(Path target, Content content) throws IOException {
        try (AtomicFile file = create(target)) {
            content.writeTo(file);
            file.commit();
        }
    }

    /** Replaces {@code target} by a text in UTF-8. */
    public static void writeString(Path target, String text) throws IOException {
        write(target, file -> file.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Bytes written so far. */
    public long position() {
        return position;
    }

    public void write(byte[] bytes) throws IOException {
        write(ByteBuffer.wrap(bytes));
    }

    /** Writes the remaining bytes of {@code source}. */
    public void write(ByteBuffer source) throws IOException {
        position += source.remaining();
        while (isEven && source.remaining() >= buffer.remaining()) {
            int count = buffer.remaining();
            buffer.put(source.slice(source.position(), count));
            source.position(source.position() + count);
            flush();
        }
        if (source.remaining() > buffer.remaining()) {
            flush();
        }
        if (source.remaining() > buffer.remaining()) {
            writeFully(source);
        } else {
            buffer.put(source);
        }
    }

    /** Writes a segment of any length. */
    public void write(MemorySegment source) throws IOException {
        for (long at = 0; at < source.byteSize(); at += SLICE_BYTES) {
            long count = Math.min(SLICE_BYTES, source.byteSize() - at);
            write(source.asSlice(at, count).asByteBuffer());
        }
    }

    /** Puts other bytes in the place of some that are written already. */
    public void overwrite(long at, byte[] bytes) throws IOException {
        Objects.checkFromIndexSize(at, bytes.length, position);
        flush();
        ByteBuffer source = ByteBuffer.wrap(bytes);
        while (source.hasRemaining()) {
            channel.write(source, at + source.position());
        }
    }

    /** Writes zeros up to the next multiple of {@code alignment}, a power of two. */
    public void padTo(int alignment) throws IOException {
        write(new byte[(int) (-position & (alignment - 1))]);
    }

    private void flush() throws IOException {
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void writeFully(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    /** Forces the bytes to disk and puts the file in the target's place. */
    public void commit() throws IOException {
        flush();
        channel.force(true);
        LeftOvers.release(temporary, channel);
        Files.move(
                temporary,
                target,
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        committed = true;
        AtomicFolder.forceEntries(target.getParent());
    }

    @Override
    public void close() throws IOException {
        LeftOvers.release(temporary, channel);
        if (!committed) {
            Files.deleteIfExists(temporary);
        }
    }
}
