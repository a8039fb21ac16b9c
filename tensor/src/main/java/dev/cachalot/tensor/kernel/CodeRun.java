package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.TileFormat.LANES;

import java.lang.foreign.MemorySegment;

/**
 * Where the codes of consecutive blocks of a tile lie: a lane of 32 bits a row, four codes of eight
 * bits or eight of four. A half block is 16 inputs.
 *
 * @param start of the first block
 * @param panelBytes from the first 16 rows to the others
 * @param halfBytes from a block's first 16 inputs to the others
 * @param halfShift bits to the codes of a block's other 16 inputs, where they lie in the same bytes
 * @param mask of a code
 */
record CodeRun(
        MemorySegment memory,
        long start,
        int blockBytes,
        int panelBytes,
        int halfBytes,
        int halfShift,
        int mask) {
    static final CodeRun NONE = bytes(MemorySegment.NULL, 0, 0);

    static CodeRun nibbles(MemorySegment memory, long start, TileFormat format) {
        return new CodeRun(memory, start, format.blockBytes(), format.panelBytes(), 0, 4, 15);
    }

    static CodeRun bytes(MemorySegment memory, long start, int blockBytes) {
        return new CodeRun(memory, start, blockBytes, 512, 256, 0, 255);
    }

    /** Where the vector of rows from {@code j} on lies. */
    long at(int j) {
        return start + (long) (j / LANES) * panelBytes + 4L * (j % LANES);
    }

    /** From there to the next vector of rows, for j a multiple of two vectors. */
    int apart() {
        return L == LANES ? panelBytes : 4 * L;
    }
}
