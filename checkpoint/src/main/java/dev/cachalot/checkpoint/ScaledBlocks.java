package dev.cachalot.checkpoint;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A matrix of 8-bit floats with one scale a block: a number is its code's value times the scale of
 * the block it lies in; blocks at the right and lower edge may be partial. Source: DeepSeek-V3's
 * README_WEIGHTS ({@code weight_scale_inv}, blocks of 128 x 128).
 *
 * @param weights the codes, row after row
 * @param scales F32, or F8_E8M0 (a byte b stands for 2^(b - 127)), row after row of blocks
 */
record ScaledBlocks(
        TensorInfo info,
        MemorySegment weights,
        TensorInfo scaleInfo,
        MemorySegment scales,
        BlockSize block) {
    /** What the published files append to a weight's name to name its scales. */
    static final String SUFFIX = "_scale_inv";

    static final String WEIGHTS = "F8_E4M3";
    private static final String POWERS = "F8_E8M0";
    private static final int NOT_A_NUMBER = 255;
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Rows and columns that share a scale. */
    record BlockSize(int rows, int columns) {
        static final BlockSize PUBLISHED = new BlockSize(128, 128);

        /** The size that a config.json names, or the published one. */
        static BlockSize of(FileContents contents) {
            return contents.config()
                    .flatMap(config -> config.findIntList("quantization_config.weight_block_size"))
                    .filter(size -> size.size() == 2 && size.get(0) > 0 && size.get(1) > 0)
                    .map(size -> new BlockSize(size.get(0), size.get(1)))
                    .orElse(PUBLISHED);
        }
    }

    /** Refuses scales that do not fit the weights. */
    ScaledBlocks {
        if (info.shape().rank() != 2 || !info.isCountable()) {
            throw new UnsupportedTensorException(
                    info.file(),
                    info.name(),
                    "is stored as %s with shape %s; this build knows such matrices with a row of scales a block of rows"
                            .formatted(WEIGHTS, info.shape()));
        }
        Shape expected =
                Shape.of(
                        Math.ceilDiv(info.shape().rows(), block.rows()),
                        Math.ceilDiv(info.shape().width(), block.columns()));
        if (!scaleInfo.shape().equals(expected)) {
            throw new ShapeMismatchException(
                    scaleInfo.file(), scaleInfo.name(), expected, scaleInfo.shape());
        }
        if (!scaleInfo.dtypeName().equals(DType.F32.name())
                && !scaleInfo.dtypeName().equals(POWERS)) {
            throw new UnsupportedTensorException(
                    scaleInfo.file(),
                    scaleInfo.name(),
                    "holds scales of type %s, expected F32 or %s"
                            .formatted(scaleInfo.dtypeName(), POWERS));
        }
    }

    /** Decodes {@code count} rows into the start of {@code to}. */
    void decodeRows(long firstRow, int count, float[] to) {
        int width = Math.toIntExact(info.shape().width());
        for (int i = 0; i < count; i++) {
            long row = firstRow + i;
            int start = Math.multiplyExact(i, width);
            BlockFormat.decode(DType.F8_E4M3, weights, row * width, width, to, start);
            for (int column = 0; column < width; column += block.columns()) {
                float scale = scale(row / block.rows(), column / block.columns());
                int end = start + Math.min(width - column, block.columns()) + column;
                for (int at = start + column; at < end; at++) {
                    to[at] *= scale;
                }
            }
        }
    }

    private float scale(long blockRow, int blockColumn) {
        long index = blockRow * scaleInfo.shape().width() + blockColumn;
        float scale;
        if (scaleInfo.dtypeName().equals(POWERS)) {
            int exponent = Byte.toUnsignedInt(scales.get(ValueLayout.JAVA_BYTE, index));
            scale = exponent == NOT_A_NUMBER ? Float.NaN : (float) Math.scalb(1.0, exponent - 127);
        } else {
            scale = scales.get(FLOAT, index * Float.BYTES);
        }
        if (!Float.isFinite(scale)) {
            throw new CheckpointFormatException(
                    scaleInfo.file(),
                    scaleInfo.offset(),
                    "tensor '%s' holds the scale %s at block %,d, %,d; expected a finite number: fetch the file again"
                            .formatted(scaleInfo.name(), scale, blockRow, blockColumn));
        }
        return scale;
    }
}
