package dev.cachalot.tensor;

/**
 * Rows of one sequence scattered over blocks of a pool: row {@code i} lies in {@code pool} at row
 * {@code blockTable[i / blockSize] * blockSize + i % blockSize}.
 *
 * @param pool [blocks * blockSize, width]: F32, or BF16 of latents
 * @param blockTable numbers of blocks, in the order of the sequence; not copied, must not change
 *     during a call
 * @param blockSize rows a block
 */
public record PagedRows(Tensor pool, int[] blockTable, int blockSize) {

    /** The row of the pool that holds row {@code index} of the sequence. */
    public int poolRow(int index) {
        return blockTable[index / blockSize] * blockSize + index % blockSize;
    }
}
