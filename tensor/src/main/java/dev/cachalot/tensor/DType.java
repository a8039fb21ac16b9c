package dev.cachalot.tensor;

/**
 * How the numbers of a tensor lie in memory: {@code blockSize} numbers take {@code blockBytes}
 * bytes, little-endian.
 *
 * <p>Sources: IEEE 754 (F32, F16), bfloat16 as the upper half of F32, FP8 E4M3 (Micikevicius et
 * al., arXiv 2209.05433: no infinities), and ggml's block formats, which {@link BlockFormat} words
 * one by one.
 */
public enum DType {
    F32(1, 4),
    F16(1, 2),
    BF16(1, 2),
    /** One byte a number, without any scale: whoever reads a checkpoint applies its scales. */
    F8_E4M3(1, 1),
    Q4_0(32, 18),
    Q4_1(32, 20),
    Q5_0(32, 22),
    Q5_1(32, 24),
    Q8_0(32, 34),
    Q2_K(256, 84),
    Q3_K(256, 110),
    Q4_K(256, 144),
    Q5_K(256, 176),
    Q6_K(256, 210),
    IQ4_NL(32, 18),
    IQ4_XS(256, 136),
    MXFP4(32, 17),
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
