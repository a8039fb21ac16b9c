package dev.cachalot.tensor.assembly;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for weights and what is computed, on huge pages where the system has some to give (man 2
 * madvise).
 */
public final class LargePages {
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int MADV_POPULATE_READ = 22;
    private static final long PAGE = 4096;
    private static final long WORTH_PAGES = 4L << 20; // of their own

    private static final class Held {
        /** Null where the system is another one, or native calls are not allowed. */
        static final @Nullable SystemMemory SYSTEM = find();

        private static @Nullable SystemMemory find() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            try {
                return new SystemMemory();
            } catch (IllegalCallerException denied) {
                return null;
            }
        }
    }

    /**
     * Fresh memory, zero, given back with its arena. Much of it is not touched yet: its pages come
     * when they are, huge ones where the system has some.
     *
     * @throws OutOfMemoryError when the system has no such memory
     */
    @SuppressWarnings("restricted") // the length is the one that was mapped
    public static MemorySegment allocate(long bytes, long alignment, Arena arena) {
        SystemMemory system = bytes < WORTH_PAGES ? null : Held.SYSTEM;
        if (system == null) {
            return arena.allocate(bytes, alignment);
        }
        MemorySegment pages;
        try {
            pages = system.map(bytes);
        } catch (CodePageException refused) {
            throw new OutOfMemoryError(refused.getMessage());
        }
        system.advise(pages, MADV_HUGEPAGE);
        return pages.reinterpret(arena, system::unmap);
    }

    /**
     * Asks for huge pages under a mapped file that is only read; to be said before it is read. They
     * come where the file's own system keeps it in large pieces (ext4 and XFS of newer kernels),
     * for what is not in the system's cache yet.
     */
    public static void prefer(MemorySegment mapped) {
        advise(mapped, MADV_HUGEPAGE);
    }

    /** Reads a mapped file's pages now, and returns when they are there; best effort. */
    public static void fetch(MemorySegment mapped) {
        advise(mapped, MADV_POPULATE_READ);
    }

    /**
     * The pages of a mapped file that is only read, back to the system: their next use reads the
     * file again.
     */
    public static void release(MemorySegment mapped) {
        advise(mapped, MADV_DONTNEED);
    }

    /** For the whole pages of a segment. */
    @SuppressWarnings("restricted") // a range inside the segment
    private static void advise(MemorySegment mapped, int what) {
        long from = (mapped.address() + PAGE - 1) / PAGE * PAGE;
        long to = (mapped.address() + mapped.byteSize()) / PAGE * PAGE;
        if (to > from && Held.SYSTEM != null) {
            Held.SYSTEM.advise(MemorySegment.ofAddress(from).reinterpret(to - from), what);
        }
    }

    private LargePages() {}
}
