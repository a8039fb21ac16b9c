package dev.cachalot.checkpoint.repack;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** Writes a {@link RepackedFile} under a name of its own until it is whole. */
final class RepackedWriter {
    private static final int PIECE = 16 << 20;
    private static final long ALIGNMENT = 64;

    private final Path path;
    private final FileChannel channel; // owned
    private long at = RepackedIndex.HEAD_BYTES;

    private RepackedWriter(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static RepackedWriter beside(Path target) throws IOException {
        Path path =
                Files.createTempFile(
                        target.toAbsolutePath().getParent(), target.getFileName() + ".", ".part");
        return new RepackedWriter(path, FileChannel.open(path, StandardOpenOption.WRITE));
    }

    /** Writes a weight; returns where it lies. */
    long append(MemorySegment memory) throws IOException {
        long start = at;
        for (long done = 0; done < memory.byteSize(); done += PIECE) {
            long some = Math.min(PIECE, memory.byteSize() - done);
            write(memory.asSlice(done, some).asByteBuffer(), start + done);
        }
        at = (start + memory.byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return start;
    }

    private void write(ByteBuffer bytes, long position) throws IOException {
        long next = position;
        while (bytes.hasRemaining()) {
            next += channel.write(bytes, next);
        }
    }

    /** Writes the index, then the head; then the file gets its name. */
    void finish(Path target, RepackedIndex index) throws IOException {
        byte[] words = index.encoded();
        write(ByteBuffer.wrap(words), at);
        channel.force(false);
        write(ByteBuffer.wrap(RepackedIndex.head(at, words)), 0);
        channel.force(true);
        channel.close();
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes back everything. */
    void discard() {
        try {
            channel.close();
            Files.deleteIfExists(path);
        } catch (IOException left) {
            path.toFile().deleteOnExit(); // nothing reads it
        }
    }
}
