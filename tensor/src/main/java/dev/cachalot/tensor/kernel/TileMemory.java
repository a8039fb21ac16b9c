package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.assembly.LargePages;
import java.lang.foreign.MemorySegment;

/**
 * Memory for tiled weights: pieces of large mappings, on huge pages where the system grants them. A
 * mapping is given back when no weight in it is reachable.
 */
final class TileMemory {
    private static final long CHUNK = 256L << 20;
    private static final long ALIGNMENT = 64;

    private MemorySegment chunk = MemorySegment.NULL; // the mapping in use
    private long used; // bytes of it

    /** Fresh memory, zero, aligned to 64 bytes. */
    synchronized MemorySegment take(long bytes) {
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
