package dev.cachalot.checkpoint.repack;

import dev.cachalot.tensor.WeightStore;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Has a mapped file read front to back on a thread of its own, so that the first tokens do not wait
 * for one page after the other. Where it would take more than half of the memory that is free,
 * nothing is read ahead of its use.
 */
final class MappedFetcher implements AutoCloseable {
    private static final long PIECE_BYTES = 64L << 20;

    private final Thread thread;
    private volatile boolean closed;

    private MappedFetcher(MemorySegment mapped) {
        thread = Thread.ofPlatform().daemon().name("weights-fetch").unstarted(() -> fetch(mapped));
    }

    /** Starts; null where nothing is to be read ahead. Close it before the mapping goes. */
    static @Nullable MappedFetcher start(MemorySegment mapped) {
        if (mapped.byteSize() > available() / 2) {
            return null;
        }
        MappedFetcher fetcher = new MappedFetcher(mapped);
        fetcher.thread.start();
        return fetcher;
    }

    private void fetch(MemorySegment mapped) {
        for (long at = 0; at < mapped.byteSize() && !closed; at += PIECE_BYTES) {
            long bytes = Math.min(PIECE_BYTES, mapped.byteSize() - at);
            WeightStore.fetch(mapped.asSlice(at, bytes));
        }
    }

    /** Bytes that the system could give; 0 where it does not say. */
    private static long available() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException notLinux) {
            return 0;
        }
        return 0;
    }

    /** Returns when no page is being read any more. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
