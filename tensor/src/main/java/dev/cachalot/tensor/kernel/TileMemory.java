package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.assembly.LargePages;
import java.lang.foreign.MemorySegment;

/**
 * Memory for tiled weights: pieces of large mappings, on huge pages where the system grants them. A
 * mapping is given back when no weight in it is reachable.
 */
public final class TileMemory implements WeightStore {
    private static final long CHUNK = 64L << 20;
    private static final long ALIGNMENT = 64;

    private MemorySegment chunk = MemorySegment.NULL; // the mapping in use
    private long used; // bytes of it

    /** Nothing is taken before it is asked for. */
    public TileMemory() {}

    @Override
    public MemorySegment keep(Tensor source, long bytes, Layout layout) {
        MemorySegment memory = take(bytes);
        layout.fill(memory);
        return memory;
    }

    private synchronized MemorySegment take(long bytes) {
        long rounded = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        if (rounded > CHUNK / 4) {
            return LargePages.map(rounded).asSlice(0, bytes);
        }
        if (chunk.byteSize() - used < rounded) {
            chunk = LargePages.map(CHUNK);
            used = 0;
        }
        MemorySegment taken = chunk.asSlice(used, bytes);
        used += rounded;
        return taken;
    }
}
