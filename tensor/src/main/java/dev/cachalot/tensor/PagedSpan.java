package dev.cachalot.tensor;

/**
 * One sequence's part of an attention over paged keys and values: {@code queryCount} query rows
 * from {@code queryRow} on attend causally to the first {@code keyCount} rows of the sequence; the
 * queries are the last of them.
 *
 * @param keys rows [kvHeads * keyDim]
 * @param values rows [kvHeads * valueDim]
 */
public record PagedSpan(
        int queryRow, int queryCount, PagedRows keys, PagedRows values, int keyCount) {}
