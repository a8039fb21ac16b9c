package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Mem;
import java.util.function.IntFunction;

/**
 * How machine code asks for weights before it needs them.
 *
 * @param bytes ahead, 0 for not at all
 * @param isFar into the second-level cache: many more lines can be on their way to it than to the
 *     first
 * @param isNextRun whether {@code bytes} count from the same place of the run of tiles behind this
 *     one, which other code will read next
 */
record PrefetchCode(int bytes, boolean isFar, boolean isNextRun) {
    private static final int LINE = 64;

    PrefetchCode(int bytes, boolean isFar) {
        this(bytes, isFar, false);
    }

    /** All of the next run, while this one is read from the cache. */
    static PrefetchCode nextRun() {
        return new PrefetchCode(0, true, true);
    }

    /**
     * Writes that {@code count} bytes are asked for, line by line.
     *
     * @param memory the operand at so many bytes from what is needed now, or from its place in the
     *     next run
     */
    void write(Assembler to, int count, IntFunction<Mem> memory) {
        boolean asks = bytes > 0 || isNextRun;
        for (int line = 0; asks && line < count; line += LINE) {
            Mem ahead = memory.apply(bytes + line);
            if (isFar) {
                to.prefetcht1(ahead);
            } else {
                to.prefetcht0(ahead);
            }
        }
    }
}
