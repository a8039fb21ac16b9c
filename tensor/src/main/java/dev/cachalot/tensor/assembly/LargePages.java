package dev.cachalot.tensor.assembly;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for weights and what is computed, on huge pages where the system has some to give (man 2
 * madvise).
 */
public final class LargePages {
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final long PAGE = 4096;
    private static final long WORTH_PAGES = 4L << 20; // of their own
    private static final boolean IS_LINUX = System.getProperty("os.name").equals("Linux");

    private static final class Held {
        static final SystemMemory SYSTEM = new SystemMemory();
    }

    /**
     * Fresh memory, zero, given back with its arena. Much of it is not touched yet: its pages come
     * when they are, huge ones where the system has some.
     *
     * @throws OutOfMemoryError when the system has no such memory
     */
    @SuppressWarnings("restricted") // the length is the one that was mapped
    public static MemorySegment allocate(long bytes, long alignment, Arena arena) {
        if (!IS_LINUX || bytes < WORTH_PAGES) {
            return arena.allocate(bytes, alignment);
        }
        MemorySegment pages;
        try {
            pages = Held.SYSTEM.map(bytes);
        } catch (CodePageException refused) {
            throw new OutOfMemoryError(refused.getMessage());
        }
        Held.SYSTEM.advise(pages, MADV_HUGEPAGE);
        return pages.reinterpret(arena, Held.SYSTEM::unmap);
    }

    /**
     * The pages of a mapped file that is only read, back to the system: their next use reads the
     * file again.
     */
    @SuppressWarnings("restricted") // a range inside the segment
    public static void release(MemorySegment mapped) {
        long from = (mapped.address() + PAGE - 1) / PAGE * PAGE;
        long to = (mapped.address() + mapped.byteSize()) / PAGE * PAGE;
        if (IS_LINUX && to > from) {
            Held.SYSTEM.advise(MemorySegment.ofAddress(from).reinterpret(to - from), MADV_DONTNEED);
        }
    }

    private LargePages() {}
}
