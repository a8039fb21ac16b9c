package dev.cachalot.checkpoint;

/**
 * Gives the numbers of a tensor, some rows at a time, so that no more than these need be in memory.
 * Any number of threads may ask at once.
 */
@FunctionalInterface
public interface RowReader {
    /** Fills the start of {@code target} with {@code count} rows from {@code firstRow} on. */
    void read(long firstRow, int count, float[] target);
}
