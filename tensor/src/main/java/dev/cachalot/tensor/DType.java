package dev.cachalot.tensor;

/**
 * How the numbers of a tensor lie in memory: {@code blockSize} numbers take {@code blockBytes}
 * bytes, little-endian.
 *
 * <p>Sources: IEEE 754 (F32, F16), bfloat16 as the upper half of F32, and ggml's block formats
 * (Q8_0: a half-precision scale followed by 32 signed bytes).
 */
public enum DType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    Q8_0(32, 34),
    /** Signed 32-bit integers: token ids, expert ids, row numbers. Never a weight. */
    I32(1, 4);

    private final int blockSize;
    private final int blockBytes;

    DType(int blockSize, int blockBytes) {
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
    }

    /** Numbers in a block; a row's width must be a multiple of it. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /**
     * Bytes of {@code elements} numbers in a row.
     *
     * @throws IllegalArgumentException if the count is negative or no multiple of the block size
     * @throws ArithmeticException if the size exceeds a long
     */
    public long bytes(long elements) {
        if (elements < 0 || elements % blockSize != 0) {
            throw new IllegalArgumentException(
                    elements
                            + " numbers do not fill whole blocks of "
                            + blockSize
                            + " ("
                            + this
                            + ")");
        }
        return Math.multiplyExact(elements / blockSize, (long) blockBytes);
    }
}
