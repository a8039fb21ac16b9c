package dev.cachalot.tensor;

/**
 * One sequence's part of a batch: {@code queryCount} query rows from {@code queryRow} on attend
 * causally to {@code keyCount} key rows from {@code keyRow} on. The queries are the last {@code
 * queryCount} of the keys: query {@code i} sees keys {@code 0 .. keyCount - queryCount + i}.
 */
public record AttentionSpan(int queryRow, int queryCount, int keyRow, int keyCount) {
    public AttentionSpan {
        if (queryRow < 0 || queryCount < 0 || keyRow < 0 || keyCount < queryCount) {
            throw new IllegalArgumentException(
                    "queries "
                            + queryRow
                            + "+"
                            + queryCount
                            + " over keys "
                            + keyRow
                            + "+"
                            + keyCount
                            + "; there must be at least as many keys as queries");
        }
    }
}
