package dev.cachalot.checkpoint;

/** Gives the numbers of a tensor row by row, so that no more than a row need be in memory. */
@FunctionalInterface
public interface RowSource {
    /** Fills {@code target}, which is exactly as long as a row, with row {@code row}. */
    void readRow(long row, float[] target);
}
