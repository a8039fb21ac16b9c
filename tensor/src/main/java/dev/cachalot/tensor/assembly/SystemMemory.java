package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Linux's mmap, mprotect, munmap and madvise, with their errors (man 2 mmap). */
final class SystemMemory {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO =
            STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));

    /** One signature for all: six numbers in registers, of which each function takes its own. */
    private static final FunctionDescriptor SIX =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private final MethodHandle mmap = function("mmap");
    private final MethodHandle mprotect = function("mprotect");
    private final MethodHandle munmap = function("munmap");
    private final MethodHandle madvise = function("madvise");

    /** Fresh pages that can be written, zero, of {@code bytes} bytes. */
    @SuppressWarnings("restricted") // the length is the one that mmap granted
    MemorySegment map(long bytes) {
        long address =
                call(
                        mmap,
                        "mmap of " + bytes + " bytes to write",
                        0,
                        bytes,
                        PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS,
                        -1,
                        0);
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    /** From now on the pages can be run and read, and no longer written. */
    void makeExecutable(MemorySegment pages) {
        long bytes = pages.byteSize();
        String what = "mprotect of " + bytes + " bytes to run";
        call(mprotect, what, pages.address(), bytes, PROT_READ | PROT_EXEC, 0, 0, 0);
    }

    void unmap(MemorySegment pages) {
        long bytes = pages.byteSize();
        call(munmap, "munmap of " + bytes + " bytes", pages.address(), bytes, 0, 0, 0, 0);
    }

    /** Tells the system, which may not listen. */
    void advise(MemorySegment pages, int what) {
        try (Arena arena = Arena.ofConfined()) {
            long ignored =
                    (long)
                            madvise.invokeExact(
                                    arena.allocate(STATE),
                                    pages.address(),
                                    pages.byteSize(),
                                    (long) what,
                                    0L,
                                    0L,
                                    0L);
        } catch (Throwable failure) {
            throw unexpected("madvise", failure);
        }
    }

    private static long call(
            MethodHandle function, String what, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) function.invokeExact(state, a, b, c, d, e, f);
            if ((int) result == -1) { // an int's upper half is left open; no page ends in ffffffff
                throw failure(what, state);
            }
            return result;
        } catch (Throwable failure) {
            throw unexpected(what, failure);
        }
    }

    private static CodePageException failure(String what, MemorySegment state) {
        int errno = state.get(ValueLayout.JAVA_INT, ERRNO);
        String why =
                switch (errno) {
                    case 1 -> "EPERM: the system's policy forbids it";
                    case 12 -> "ENOMEM: no memory, or too many mappings (vm.max_map_count)";
                    case 13 -> "EACCES: the system's policy (SELinux, a sandbox) forbids it";
                    default -> "see man 2 mmap";
                };
        return new CodePageException("%s failed with errno %d, %s".formatted(what, errno, why));
    }

    private static CodePageException unexpected(String what, Throwable failure) {
        if (failure instanceof CodePageException known) {
            return known;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CodePageException("calling " + what + " failed", failure);
    }

    @SuppressWarnings("restricted") // whole numbers and addresses go in registers, in this order
    private static MethodHandle function(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                SIX,
                Linker.Option.captureCallState("errno"));
    }
}
