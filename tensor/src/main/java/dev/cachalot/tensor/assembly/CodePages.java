package dev.cachalot.tensor.assembly;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Routines of machine code, ready to be called. They are written once, all together; from then on
 * the pages can be run and read only: they are never writable and executable at the same time.
 */
public final class CodePages implements AutoCloseable {
    /** Every routine begins at a multiple of this many bytes: a line of the cache. */
    public static final int ALIGNMENT = 64;

    private static final int INT3 = 0xCC; // a trap between the routines

    private final SystemMemory memory;
    private final MemorySegment pages; // owned
    private final List<MemorySegment> routines;
    private boolean closed; // guarded by this

    private CodePages(SystemMemory memory, MemorySegment pages, List<MemorySegment> routines) {
        this.memory = memory;
        this.pages = pages;
        this.routines = routines;
    }

    /** Why machine code cannot be run here; empty where it can. */
    public static Optional<String> unsupported() {
        String system = System.getProperty("os.name", "");
        String cpu = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (!cpu.equals("amd64") && !cpu.equals("x86_64")) {
            return Optional.of("the CPU is " + cpu + "; assembled code is for x86-64");
        }
        if (!system.equals("Linux")) {
            return Optional.of("the system is " + system + "; assembled code is for Linux");
        }
        return Optional.empty();
    }

    public static boolean isSupported() {
        return unsupported().isEmpty();
    }

    /**
     * Copies the routines to fresh pages, each to a multiple of {@link #ALIGNMENT}.
     *
     * @throws CodePageException when the system is not supported or forbids it
     */
    public static CodePages load(List<byte[]> routines) {
        unsupported()
                .ifPresent(
                        why -> {
                            throw new CodePageException(why);
                        });
        SystemMemory memory = memory();
        long size = 0;
        for (byte[] routine : routines) {
            size += aligned(routine.length);
        }
        MemorySegment pages = memory.map(Math.max(size, ALIGNMENT));
        try {
            pages.fill((byte) INT3);
            List<MemorySegment> placed = new ArrayList<>();
            long at = 0;
            for (byte[] routine : routines) {
                MemorySegment place = pages.asSlice(at, routine.length);
                place.copyFrom(MemorySegment.ofArray(routine));
                placed.add(place.asReadOnly());
                at += aligned(routine.length);
            }
            memory.makeExecutable(pages);
            return new CodePages(memory, pages, List.copyOf(placed));
        } catch (Throwable failure) {
            memory.unmap(pages);
            throw failure;
        }
    }

    /** The code of the routine that was the {@code index}th in {@link #load}, from 0. */
    public MemorySegment routine(int index) {
        return routines.get(index);
    }

    /**
     * A handle that calls a routine. The caller vouches for the descriptor and the arguments: the
     * routine reads and writes what they point to, without checks. It must follow the System V
     * convention: arguments in rdi, rsi, rdx, rcx, r8, r9 and xmm0 to xmm7; rbx, rbp, r12 to r15
     * are the caller's.
     */
    @SuppressWarnings("restricted") // said in the contract above
    public MethodHandle handle(int index, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(routine(index), descriptor);
    }

    /**
     * Calls a routine with six whole numbers or addresses, those it does not take are 0; gives what
     * it leaves in rax. One handle serves them all: each handle of its own is more to make at a
     * start. As with {@link #handle}, the caller vouches for the arguments.
     */
    public static long call(MemorySegment code, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) Call.ROUTINE.invokeExact(code, a, b, c, d, e, f);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable impossible) {
            throw new IllegalStateException("machine code does not throw", impossible);
        }
    }

    private static final class Call {
        @SuppressWarnings("restricted") // said in the contract above
        static final MethodHandle ROUTINE =
                Linker.nativeLinker()
                        .downcallHandle(
                                FunctionDescriptor.of(
                                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                        JAVA_LONG, JAVA_LONG));

        private Call() {}
    }

    /** Gives the pages back. No routine may run now or be called later: the process would die. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            memory.unmap(pages);
        }
    }

    private static SystemMemory memory() {
        try {
            return new SystemMemory();
        } catch (IllegalCallerException denied) {
            throw new CodePageException(
                    "Java may not call native code; start it with"
                            + " --enable-native-access=ALL-UNNAMED",
                    denied);
        }
    }

    private static long aligned(int length) {
        return (length + (long) ALIGNMENT - 1) & -ALIGNMENT;
    }
}
