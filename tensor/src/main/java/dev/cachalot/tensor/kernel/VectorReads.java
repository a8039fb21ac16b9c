package dev.cachalot.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Loops of the Vector API that read memory; hardware prefetchers differ in what they like. */
enum VectorReads implements ReadCeiling {
    /** One stream, from the first byte to the last. */
    ONE_STREAM("vector code, 1 stream"),
    /** Two halves side by side. */
    TWO_STREAMS("vector code, 2 streams"),
    /** Four quarters side by side. */
    FOUR_STREAMS("vector code, 4 streams");

    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final int BYTES = LONGS.vectorByteSize();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private final String says;

    VectorReads(String says) {
        this.says = says;
    }

    @Override
    public String says() {
        return says;
    }

    @Override
    public long sum(MemorySegment memory, long from, long count) {
        return switch (this) {
            case ONE_STREAM -> oneStream(memory, from, count);
            case TWO_STREAMS -> twoStreams(memory, from, count / 2);
            case FOUR_STREAMS -> fourStreams(memory, from, count / 4);
        };
    }

    private static LongVector load(MemorySegment memory, long at) {
        return LongVector.fromMemorySegment(LONGS, memory, at, ORDER);
    }

    private static long oneStream(MemorySegment memory, long from, long count) {
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        long end = from + count;
        for (long at = from; at < end; at += 4L * BYTES) {
            a = a.add(load(memory, at));
            b = b.add(load(memory, at + BYTES));
            c = c.add(load(memory, at + 2L * BYTES));
            d = d.add(load(memory, at + 3L * BYTES));
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
    }

    private static long twoStreams(MemorySegment memory, long from, long half) {
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        long end = from + half;
        for (long at = from; at < end; at += 2L * BYTES) {
            a = a.add(load(memory, at));
            b = b.add(load(memory, at + BYTES));
            c = c.add(load(memory, at + half));
            d = d.add(load(memory, at + half + BYTES));
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
    }

    private static long fourStreams(MemorySegment memory, long from, long quarter) {
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        long end = from + quarter;
        for (long at = from; at < end; at += BYTES) {
            a = a.add(load(memory, at));
            b = b.add(load(memory, at + quarter));
            c = c.add(load(memory, at + 2 * quarter));
            d = d.add(load(memory, at + 3 * quarter));
        }
        return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
    }
}
