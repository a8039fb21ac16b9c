package dev.cachalot.library.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts what a {@link dev.cachalot.tensor.Workspace} takes for the same calls, without taking it:
 * chunks of 32 MiB or of one larger tensor, in memory as far as they were ever used.
 */
final class WorkspaceMeter {
    private static final long ALIGNMENT = 64;
    private static final long CHUNK_BYTES = 32L << 20;
    private static final long PAGE_BYTES = 2L << 20; // a large page

    /** Of address space; {@code touched} of them were used and so are in memory. */
    private record Chunk(long bytes, long touched) {
        static Chunk of(long bytes) {
            return new Chunk(Math.max(bytes, CHUNK_BYTES), 0);
        }

        Chunk touch(long used) {
            return new Chunk(bytes, Math.max(touched, Math.min(bytes, pages(used))));
        }
    }

    private final List<Chunk> chunks = new ArrayList<>();
    private int chunk;
    private long used;
    private long most;

    /** What so many bytes take of memory: whole large pages. */
    static long pages(long bytes) {
        return Math.ceilDiv(bytes, PAGE_BYTES) * PAGE_BYTES;
    }

    /** A place to go back to. */
    record Mark(int chunk, long used) {}

    /** As an F32 or I32 tensor [rows, width] is taken. */
    void take(long rows, long width) {
        long bytes = (rows * width * Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (chunks.isEmpty()) {
            chunks.add(Chunk.of(bytes));
        } else if (chunks.get(chunk).bytes() - used < bytes) {
            int next = chunk + 1;
            if (next < chunks.size() && chunks.get(next).bytes() < bytes) {
                chunks.subList(next, chunks.size()).clear();
            }
            if (next == chunks.size()) {
                chunks.add(Chunk.of(bytes));
            }
            chunk = next;
            used = 0;
        }
        used += bytes;
        chunks.set(chunk, chunks.get(chunk).touch(used));
        most = Math.max(most, bytes());
    }

    Mark mark() {
        return new Mark(chunk, used);
    }

    void release(Mark mark) {
        chunk = mark.chunk;
        used = mark.used;
    }

    /** Of address space, as {@link dev.cachalot.tensor.Workspace#heldBytes}. */
    long heldBytes() {
        return chunks.stream().mapToLong(Chunk::bytes).sum();
    }

    /** Memory in use, also by what was released. */
    long bytes() {
        return chunks.stream().mapToLong(Chunk::touched).sum();
    }

    /** The most there ever was. */
    long most() {
        return most;
    }
}
