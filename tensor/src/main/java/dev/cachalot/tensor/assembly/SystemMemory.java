package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Linux's mmap, mprotect and munmap, with their errors (man 2 mmap). */
final class SystemMemory {
    private static final int PROT_READ = 1;
    private static final int PROT_WRITE = 2;
    private static final int PROT_EXEC = 4;
    private static final int MAP_PRIVATE = 2;
    private static final int MAP_ANONYMOUS = 0x20;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO =
            STATE.byteOffset(StructLayout.PathElement.groupElement("errno"));

    private final MethodHandle mmap =
            function(
                    "mmap",
                    FunctionDescriptor.of(
                            ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private final MethodHandle mprotect =
            function("mprotect", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private final MethodHandle munmap =
            function("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));

    /** Fresh pages that can be written, zero, of {@code bytes} bytes. */
    @SuppressWarnings("restricted") // the length is the one that mmap granted
    MemorySegment map(long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment pages =
                    (MemorySegment)
                            mmap.invokeExact(
                                    state,
                                    MemorySegment.NULL,
                                    bytes,
                                    PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS,
                                    -1,
                                    0L);
            if (pages.address() == -1) {
                throw failure("mmap of " + bytes + " bytes to write", state);
            }
            return pages.reinterpret(bytes);
        } catch (Throwable failure) {
            throw unexpected("mmap", failure);
        }
    }

    /** From now on the pages can be run and read, and no longer written. */
    void makeExecutable(MemorySegment pages) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result =
                    (int)
                            mprotect.invokeExact(
                                    state, pages, pages.byteSize(), PROT_READ | PROT_EXEC);
            if (result != 0) {
                throw failure("mprotect of " + pages.byteSize() + " bytes to run", state);
            }
        } catch (Throwable failure) {
            throw unexpected("mprotect", failure);
        }
    }

    void unmap(MemorySegment pages) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) munmap.invokeExact(state, pages, pages.byteSize());
            if (result != 0) {
                throw failure("munmap of " + pages.byteSize() + " bytes", state);
            }
        } catch (Throwable failure) {
            throw unexpected("munmap", failure);
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

    private static CodePageException unexpected(String function, Throwable failure) {
        if (failure instanceof CodePageException known) {
            return known;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return new CodePageException("calling " + function + " failed", failure);
    }

    @SuppressWarnings("restricted") // the descriptors are those of the functions' declarations
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name),
                descriptor,
                Linker.Option.captureCallState("errno"));
    }
}
