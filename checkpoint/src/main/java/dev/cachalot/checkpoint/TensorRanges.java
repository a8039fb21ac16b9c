package dev.cachalot.checkpoint;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Checks of sizes and places that both formats share. */
final class TensorRanges {
    private static final long MOST_ELEMENTS = 1L << 62;

    /**
     * Whether the product of the sizes, leaving out zeros, stays far below overflow, so that {@link
     * dev.cachalot.tensor.Shape} can be made of them.
     */
    static boolean isCountable(long[] dims) {
        long product = 1;
        for (long dim : dims) {
            if (dim < 0 || dim > MOST_ELEMENTS / product) {
                return false;
            }
            product *= Math.max(1, dim);
        }
        return true;
    }

    /**
     * Bytes of a tensor whose sizes are {@link #isCountable}; -1 when the last size is no multiple
     * of the block size or the bytes are more than {@code limit}.
     */
    static long bytes(long[] dims, int blockSize, int blockBytes, long limit) {
        long width = dims.length == 0 ? 1 : dims[dims.length - 1];
        if (width % blockSize != 0) {
            return -1;
        }
        long elements = 1;
        for (long dim : dims) {
            elements *= dim;
        }
        long blocks = elements / blockSize;
        return blocks > limit / blockBytes ? -1 : blocks * blockBytes;
    }

    /** Refuses tensors that share a byte; ranges must lie within their file already. */
    static void refuseOverlaps(List<TensorInfo> tensors) {
        TensorInfo[] sorted =
                tensors.stream().filter(tensor -> tensor.bytes() > 0).toArray(TensorInfo[]::new);
        Arrays.sort(sorted, Comparator.comparingLong(TensorInfo::offset));
        for (int i = 1; i < sorted.length; i++) {
            TensorInfo before = sorted[i - 1];
            if (sorted[i].offset() < before.offset() + before.bytes()) {
                throw new CheckpointFormatException(
                        sorted[i].file(),
                        sorted[i].offset(),
                        "tensor '%s' starts inside tensor '%s' (bytes %,d to %,d); %s"
                                .formatted(
                                        sorted[i].name(),
                                        before.name(),
                                        before.offset(),
                                        before.offset() + before.bytes(),
                                        "the header is damaged, fetch the file again"));
            }
        }
    }

    private TensorRanges() {}
}
