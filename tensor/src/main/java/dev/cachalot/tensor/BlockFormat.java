package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Encodes and decodes runs of numbers, exactly as each format defines them. Slow and plain: the
 * specification of the decoders inside kernels, and what checkpoints are converted with.
 *
 * <p>Source of the block formats: ggml's reference functions; every number is computed in F32 in
 * the order that they compute it, without fused multiply-adds.
 */
public final class BlockFormat {

    /** Decodes {@code count} numbers (whole blocks) that start at byte {@code offset}. */
    public static void decode(
            DType dtype, MemorySegment from, long offset, int count, float[] to, int start) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(from, JAVA_FLOAT_UNALIGNED, offset, to, start, count);
            case F16 -> Halves.decodeF16(from, offset, count, to, start);
            case BF16 -> Halves.decodeBf16(from, offset, count, to, start);
            case F8_E4M3 -> Float8.decode(from, offset, count, to, start);
            case I32 ->
                    throw new IllegalArgumentException(
                            "I32 holds numbers of rows and tokens, not weights");
            default -> {
                for (int i = 0; i < count; i += dtype.blockSize()) {
                    long at = offset + i / dtype.blockSize() * (long) dtype.blockBytes();
                    decodeBlock(dtype, from, at, to, start + i);
                }
            }
        }
    }

    private static void decodeBlock(
            DType dtype, MemorySegment from, long at, float[] to, int start) {
        switch (dtype) {
            case Q4_0 -> SmallBlocks.decodeQ4Zero(from, at, to, start);
            case Q4_1 -> SmallBlocks.decodeQ4One(from, at, to, start);
            case Q5_0 -> SmallBlocks.decodeQ5Zero(from, at, to, start);
            case Q5_1 -> SmallBlocks.decodeQ5One(from, at, to, start);
            case Q8_0 -> SmallBlocks.decodeQ8Zero(from, at, to, start);
            case Q2_K -> LowBlocks.decodeQ2(from, at, to, start);
            case Q3_K -> LowBlocks.decodeQ3(from, at, to, start);
            case Q4_K -> SuperBlocks.decodeQ4(from, at, to, start);
            case Q5_K -> SuperBlocks.decodeQ5(from, at, to, start);
            case Q6_K -> SuperBlocks.decodeQ6(from, at, to, start);
            case IQ4_NL -> TableBlocks.decodeIq4Nl(from, at, to, start);
            case IQ4_XS -> TableBlocks.decodeIq4Xs(from, at, to, start);
            case MXFP4 -> TableBlocks.decodeMxFp4(from, at, to, start);
            case F32, F16, BF16, F8_E4M3, I32 ->
                    throw new IllegalArgumentException(dtype + " has no blocks");
        }
    }

    /** Whether {@link #encode} knows the type. */
    public static boolean canEncode(DType dtype) {
        return switch (dtype) {
            case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K -> true;
            case F8_E4M3, Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4, I32 -> false;
        };
    }

    /**
     * Encodes {@code count} numbers (whole blocks), rounding to nearest even; block types as ggml's
     * reference does.
     *
     * @throws IllegalArgumentException for a type that {@link #canEncode} denies
     */
    public static void encode(
            DType dtype, float[] from, int start, int count, MemorySegment to, long offset) {
        switch (dtype) {
            case F32 -> MemorySegment.copy(from, start, to, JAVA_FLOAT_UNALIGNED, offset, count);
            case F16 -> Halves.encodeF16(from, start, count, to, offset);
            case BF16 -> Halves.encodeBf16(from, start, count, to, offset);
            case I32 ->
                    throw new IllegalArgumentException(
                            "I32 holds numbers of rows and tokens, not weights");
            case Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 -> {
                for (int i = 0; i < count; i += dtype.blockSize()) {
                    long at = offset + i / dtype.blockSize() * (long) dtype.blockBytes();
                    SmallEncoder.encode(dtype, from, start + i, to, at);
                }
            }
            case Q4_K, Q5_K, Q6_K -> {
                SuperEncoder encoder = new SuperEncoder();
                for (int i = 0; i < count; i += dtype.blockSize()) {
                    long at = offset + i / dtype.blockSize() * (long) dtype.blockBytes();
                    encoder.encode(dtype, from, start + i, to, at);
                }
            }
            case F8_E4M3, Q2_K, Q3_K, IQ4_NL, IQ4_XS, MXFP4 ->
                    throw new IllegalArgumentException(
                            "numbers cannot be encoded as "
                                    + dtype
                                    + ", which is only read; encode them as BF16, Q8_0 or Q4_K");
        }
    }

    private BlockFormat() {}
}
