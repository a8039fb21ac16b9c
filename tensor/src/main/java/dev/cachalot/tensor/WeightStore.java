package dev.cachalot.tensor;

import dev.cachalot.tensor.kernel.TileMemory;
import java.lang.foreign.MemorySegment;

/**
 * Where kernels keep weights in layouts of their own. A store that outlives the process hands back
 * what was laid out before: the same weights, asked for in the same order.
 */
public interface WeightStore {
    /** A store of fresh memory that is given back when nothing in it is reachable. */
    static WeightStore inMemory() {
        return new TileMemory();
    }

    /**
     * Asks the system for large pages under a file of weights that was just mapped and not read
     * yet; it may not have any.
     */
    static void preferLargePages(MemorySegment mapped) {
        TileMemory.prefer(mapped);
    }

    /** Has the system read a part of a mapped file now, which its first use would wait for. */
    static void fetch(MemorySegment mapped) {
        TileMemory.fetch(mapped);
    }

    /** A layout of a weight. The kernels' business alone. */
    @FunctionalInterface
    interface Layout {
        /** Lays the weight out in memory that is zero. */
        void fill(MemorySegment memory);
    }

    /**
     * Memory, aligned to 64 bytes and outside the heap, with the weight laid out in it. It is valid
     * as long as the store.
     *
     * @param source the weight as it was read
     * @param bytes that the layout takes
     */
    MemorySegment keep(Tensor source, long bytes, Layout layout);
}
