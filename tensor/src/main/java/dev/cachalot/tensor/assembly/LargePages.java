package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory for weights, on huge pages where the system has some to give (man 2 madvise). */
public final class LargePages {
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final long PAGE = 4096;
    private static final SystemMemory SYSTEM = new SystemMemory();

    @SuppressWarnings("restricted") // the descriptor is that of the function's declaration
    private static final MethodHandle MADVISE =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("madvise"),
                            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    /**
     * Fresh memory, zero, not touched yet; given back when neither it nor a part of it is
     * reachable.
     *
     * @throws CodePageException when the system has no such memory
     */
    @SuppressWarnings("restricted") // the length is the one that was mapped
    public static MemorySegment map(long bytes) {
        MemorySegment pages = SYSTEM.map(bytes);
        advise(pages, MADV_HUGEPAGE);
        return pages.reinterpret(Arena.ofAuto(), SYSTEM::unmap);
    }

    /**
     * The pages of a mapped file that is only read, back to the system: their next use reads the
     * file again.
     */
    @SuppressWarnings("restricted") // a range inside the segment
    public static void release(MemorySegment mapped) {
        long from = (mapped.address() + PAGE - 1) / PAGE * PAGE;
        long to = (mapped.address() + mapped.byteSize()) / PAGE * PAGE;
        if (to > from) {
            advise(MemorySegment.ofAddress(from).reinterpret(to - from), MADV_DONTNEED);
        }
    }

    /** Tells the system; it may not listen. */
    private static void advise(MemorySegment pages, int what) {
        try {
            int ignored = (int) MADVISE.invokeExact(pages, pages.byteSize(), what);
        } catch (Throwable failure) {
            throw new CodePageException("calling madvise failed", failure);
        }
    }

    private LargePages() {}
}
