package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;

/**
 * How {@value #ROWS} outputs of a quantised weight lie side by side for int8 products: two panels
 * of 16 outputs, one to a 32-bit lane, four inputs to a lane. Codes are unsigned; {@code offset} is
 * what was added to make them so.
 *
 * <p>A block is 32 inputs: for each panel {@code 64} bytes a vector of four inputs (bytes), or a
 * nibble each with inputs 4 j.. in the lower and 16 + 4 j.. in the upper halves, then the planes of
 * upper bits. A plain format follows each block with its scales, 16-bit, and minimums; a super
 * format begins 256 inputs with d, dMin, and a byte of scale and of minimum for each group.
 *
 * @param dtype of the source
 * @param bits of a code: 4, 5, 6 or 8
 * @param group inputs under one scale: 16 or 32
 * @param isSuper whether scales are bytes times a half for 256 inputs
 * @param isScaleSigned whether those bytes are signed
 * @param hasMinimum whether groups have minimums
 * @param offset added to the source's signed codes
 * @param isTable whether nibbles number the levels of IQ4's table
 */
record TileFormat(
        DType dtype,
        int bits,
        int group,
        boolean isSuper,
        boolean isScaleSigned,
        boolean hasMinimum,
        int offset,
        boolean isTable) {
    /** Outputs of a tile, in two panels of 16. */
    static final int ROWS = 32;

    static final int LANES = 16;

    /** Inputs of a block. */
    static final int BLOCK = 32;

    /** Inputs that share a scale of the activations. */
    static final int QUAD = 128;

    private static final int VECTOR = 64;

    /** The format for a type of weights, for which {@link #isTiled} must hold. */
    static TileFormat of(DType dtype) {
        return switch (dtype) {
            case Q4_0 -> plain(dtype, 4, false, 8);
            case Q4_1 -> plain(dtype, 4, true, 0);
            case Q5_0 -> plain(dtype, 5, false, 16);
            case Q5_1 -> plain(dtype, 5, true, 0);
            case Q8_0 -> plain(dtype, 8, false, 128);
            case MXFP4 -> plain(dtype, 5, false, 12);
            case IQ4_NL -> new TileFormat(dtype, 4, 32, false, false, false, 128, true);
            case Q2_K -> new TileFormat(dtype, 4, 16, true, false, true, 0, false);
            case Q3_K -> new TileFormat(dtype, 4, 16, true, true, false, 4, false);
            case Q4_K -> new TileFormat(dtype, 4, 32, true, false, true, 0, false);
            case Q5_K -> new TileFormat(dtype, 5, 32, true, false, true, 0, false);
            case Q6_K -> new TileFormat(dtype, 6, 16, true, true, false, 32, false);
            case IQ4_XS -> new TileFormat(dtype, 4, 32, true, true, false, 128, true);
            case F32, F16, BF16, F8_E4M3, I32 ->
                    throw new IllegalArgumentException(dtype + " has no codes to lay in tiles");
        };
    }

    private static TileFormat plain(DType dtype, int bits, boolean hasMinimum, int offset) {
        return new TileFormat(dtype, bits, 32, false, false, hasMinimum, offset, false);
    }

    /** Whether a type's weights can be laid in tiles. */
    static boolean isTiled(DType dtype) {
        return switch (dtype) {
            case F32, F16, BF16, F8_E4M3, I32 -> false;
            default -> true;
        };
    }

    /** Groups of a block. */
    int groups() {
        return BLOCK / group;
    }

    /** Bytes of a panel's codes of a block, without planes. */
    int lowBytes() {
        return (bits == 8 ? 8 : 4) * VECTOR;
    }

    /** Bytes of a panel's codes of a block. */
    int panelBytes() {
        return lowBytes()
                + switch (bits) {
                    case 5 -> VECTOR; // a bit for each of 8 vectors of 64 bytes
                    case 6 -> 2 * VECTOR;
                    default -> 0;
                };
    }

    /** Bytes of both panels' codes of a block. */
    int codeBytes() {
        return 2 * panelBytes();
    }

    /** Bytes of a block with its own scales. */
    int blockBytes() {
        if (isSuper) {
            return codeBytes();
        }
        return codeBytes() + (hasMinimum ? 2 : 1) * ROWS * 2;
    }

    /** Bytes before the codes of 256 inputs; a plain format has none. */
    int headBytes() {
        if (!isSuper) {
            return 0;
        }
        int halves = (hasMinimum ? 2 : 1) * ROWS * 2;
        return halves + (hasMinimum ? 2 : 1) * 8 * groups() * ROWS;
    }

    /** Where the scales start in the head. */
    int scalesAt() {
        return (hasMinimum ? 2 : 1) * ROWS * 2;
    }

    /** Where the minimums start in the head: pairs of groups, each of 2 panels of 16 pairs. */
    int minimumsAt() {
        return scalesAt() + 8 * groups() * ROWS;
    }

    /** Bytes of a tile of {@code inputs} inputs. */
    long tileBytes(int inputs) {
        long heads = isSuper ? inputs / 256L * headBytes() : 0;
        return heads + (long) inputs / BLOCK * blockBytes();
    }
}
