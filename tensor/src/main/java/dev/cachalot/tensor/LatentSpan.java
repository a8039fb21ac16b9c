package dev.cachalot.tensor;

/**
 * One sequence's part of an absorbed attention: {@code queryCount} query rows from {@code queryRow}
 * on attend causally to the first {@code keyCount} rows of the sequence's paged latents; the
 * queries are the last of them.
 */
public record LatentSpan(int queryRow, int queryCount, PagedRows latents, int keyCount) {}
