package dev.cachalot.library.plan;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts what a {@link dev.cachalot.tensor.Workspace} takes for the same calls, without taking it:
 * chunks of 32 MiB or of one larger tensor.
 */
final class WorkspaceMeter {
    private static final long ALIGNMENT = 64;
    private static final long CHUNK_BYTES = 32L << 20;

    private final List<Long> chunks = new ArrayList<>();
    private int chunk;
    private long used;
    private long most;

    /** A place to go back to. */
    record Mark(int chunk, long used) {}

    /** As an F32 or I32 tensor [rows, width] is taken. */
    void take(long rows, long width) {
        long bytes = (rows * width * Float.BYTES + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (chunks.isEmpty()) {
            chunks.add(Math.max(bytes, CHUNK_BYTES));
        } else if (chunks.get(chunk) - used < bytes) {
            int next = chunk + 1;
            if (next < chunks.size() && chunks.get(next) < bytes) {
                chunks.subList(next, chunks.size()).clear();
            }
            if (next == chunks.size()) {
                chunks.add(Math.max(bytes, CHUNK_BYTES));
            }
            chunk = next;
            used = 0;
        }
        used += bytes;
        most = Math.max(most, bytes());
    }

    Mark mark() {
        return new Mark(chunk, used);
    }

    void release(Mark mark) {
        chunk = mark.chunk;
        used = mark.used;
    }

    /** Memory held. */
    long bytes() {
        return chunks.stream().mapToLong(Long::longValue).sum();
    }

    /** The most there ever was. */
    long most() {
        return most;
    }
}
