package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.assembly.LargePages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for tiled weights: pieces of chunks that double in size, the large ones on huge pages
 * where the system grants them. A chunk is given back when no weight in it is reachable.
 */
public final class TileMemory implements WeightStore {
    private static final long LEAST = 64L << 10;
    private static final long MOST = 64L << 20;
    private static final long ALIGNMENT = 64;

    private MemorySegment chunk = MemorySegment.NULL; // the one in use
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
        if (rounded > MOST / 4) {
            return memory(rounded).asSlice(0, bytes);
        }
        if (chunk.byteSize() - used < rounded) {
            long next = Math.clamp(2 * chunk.byteSize(), LEAST, MOST);
            chunk = memory(Math.max(next, rounded));
            used = 0;
        }
        MemorySegment taken = chunk.asSlice(used, bytes);
        used += rounded;
        return taken;
    }

    /** Fresh memory, not touched yet, on huge pages where the system grants them. */
    public static MemorySegment memory(long bytes) {
        return LargePages.allocate(bytes, ALIGNMENT, Arena.ofAuto());
    }

    /** Takes the pages of {@link #memory} back early: what it held is lost. */
    public static void release(MemorySegment memory) {
        LargePages.release(memory);
    }

    /** Asks for huge pages under a file of weights that was just mapped. */
    public static void prefer(MemorySegment mapped) {
        LargePages.prefer(mapped);
    }

    /** Reads a mapped file of weights now. */
    public static void fetch(MemorySegment mapped) {
        LargePages.fetch(mapped);
    }

    /** Tells the system that a weight of a mapped file will not be read again. */
    static void release(Tensor source) {
        if (source.isReadOnly() && source.segment().isMapped()) {
            LargePages.release(source.segment());
        }
    }
}
