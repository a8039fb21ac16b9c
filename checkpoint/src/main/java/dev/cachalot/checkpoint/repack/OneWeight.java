package dev.cachalot.checkpoint.repack;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A store that holds the last weight only. */
final class OneWeight implements WeightStore {
    private static final long ALIGNMENT = 64;

    private MemorySegment memory = MemorySegment.NULL; // of the largest weight so far

    @Override
    public MemorySegment keep(Tensor source, long bytes, Layout layout) {
        if (memory.byteSize() < bytes) {
            memory = MemorySegment.NULL; // first, so that both need not be there at once
            memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
        }
        MemorySegment one = memory.asSlice(0, bytes);
        one.fill((byte) 0);
        layout.fill(one);
        return one;
    }
}
