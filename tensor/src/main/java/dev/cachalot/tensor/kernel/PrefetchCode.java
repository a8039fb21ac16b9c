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
 */
record PrefetchCode(int bytes, boolean isFar) {
    private static final int LINE = 64;

    /**
     * Writes that {@code count} bytes are asked for, line by line.
     *
     * @param memory the operand at so many bytes from what is needed now
     */
    void write(Assembler to, int count, IntFunction<Mem> memory) {
        for (int line = 0; bytes > 0 && line < count; line += LINE) {
            Mem ahead = memory.apply(bytes + line);
            if (isFar) {
                to.prefetcht1(ahead);
            } else {
                to.prefetcht0(ahead);
            }
        }
    }
}
