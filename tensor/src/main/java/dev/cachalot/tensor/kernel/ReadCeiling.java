package dev.cachalot.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A loop that reads memory once and does as little as possible with it. */
public interface ReadCeiling {

    /** How it reads, in words. */
    String says();

    /**
     * Reads {@code count} bytes, a multiple of 1024, from {@code from} on.
     *
     * @param memory outside the heap
     * @return the sum of all 64-bit words: something that depends on every byte
     */
    long sum(MemorySegment memory, long from, long count);

    /** All loops that run on this machine. */
    static List<ReadCeiling> all() {
        List<ReadCeiling> all = new ArrayList<>(List.of(VectorReads.values()));
        all.addAll(CeilingCode.reads());
        return all;
    }
}
