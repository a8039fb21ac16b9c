package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Weights of every type with numbers of about [-1, 1], every code of a block among them. */
final class RandomWeights {
    static final List<DType> TYPES =
            Arrays.stream(DType.values()).filter(dtype -> dtype != DType.I32).toList();

    /** A number of inputs around {@code about} that fills blocks. */
    static int inputs(DType dtype, int about) {
        int block = dtype.blockSize();
        return block == 1 ? about : block * (1 + about * 3 / 4 / block);
    }

    static void fill(Tensor tensor, SplittableRandom random) {
        for (int n = 0; n < tensor.rows(); n++) {
            fillRow(tensor, n, random);
        }
    }

    private static void fillRow(Tensor tensor, int row, SplittableRandom random) {
        DType dtype = tensor.dtype();
        MemorySegment segment = tensor.segment();
        long at = row * tensor.rowBytes();
        int width = tensor.width();
        if (dtype == DType.F8_E4M3) {
            for (int i = 0; i < width; i++) {
                segment.set(JAVA_BYTE, at + i, (byte) (random.nextInt() & 0xbf)); // below 2
            }
        } else if (dtype.blockSize() == 1 || dtype == DType.Q8_0) {
            float[] numbers = new float[width];
            for (int i = 0; i < width; i++) {
                numbers[i] = (float) random.nextDouble(-1, 1);
            }
            BlockFormat.encode(dtype, numbers, 0, width, segment, at);
        } else {
            for (int i = 0; i < width; i += dtype.blockSize()) {
                fillBlock(dtype, segment, at + dtype.bytes(i), random);
            }
        }
    }

    /** Random bytes; then the halves that scale them, so that the largest number is 1. */
    private static void fillBlock(
            DType dtype, MemorySegment segment, long at, SplittableRandom random) {
        byte[] bytes = new byte[dtype.blockBytes()];
        random.nextBytes(bytes);
        MemorySegment block = MemorySegment.ofArray(bytes);
        if (dtype == DType.MXFP4) {
            bytes[0] = (byte) random.nextInt(118, 125);
        } else {
            int d = scaleOf(dtype);
            double sign = random.nextBoolean() ? 1 : -1;
            setHalf(block, d, sign);
            double second = random.nextDouble(0.5, 2);
            if (CodeRows.hasMinimums(dtype)) {
                setHalf(block, d + 2, second);
            }
            float[] numbers = new float[dtype.blockSize()];
            BlockFormat.decode(dtype, block, 0, numbers.length, numbers, 0);
            double largest = 0.01;
            for (float number : numbers) {
                largest = Math.max(largest, Math.abs(number));
            }
            setHalf(block, d, sign / largest);
            if (CodeRows.hasMinimums(dtype)) {
                setHalf(block, d + 2, second / largest);
            }
        }
        MemorySegment.copy(block, 0, segment, at, bytes.length);
    }

    private static void setHalf(MemorySegment block, long at, double number) {
        block.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16((float) number));
    }

    private static int scaleOf(DType dtype) {
        return switch (dtype) {
            case Q2_K -> 80;
            case Q3_K -> 108;
            case Q6_K -> 208;
            default -> 0;
        };
    }

    private RandomWeights() {}
}
