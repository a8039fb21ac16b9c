package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import java.util.List;

/**
 * Memory of weights beside the file: copies in another layout on the Java heap, and the matrices of
 * absorbed attention, which no file holds in the form needed.
 *
 * @param heapBytes on the Java heap
 * @param nativeBytes outside
 */
record RepackedWeights(long heapBytes, long nativeBytes) {
    private static final int PANEL = 32; // outputs side by side
    private static final long KEEP_BYTES = 128L << 20; // as VectorKernels keeps at most

    static RepackedWeights of(ModelConfig config, List<TensorInfo> tensors) {
        long keep = Math.min(KEEP_BYTES, Runtime.getRuntime().maxMemory() / 8);
        long file = 0;
        boolean joined = true; // keys and values of attention in one tensor
        for (TensorInfo info : tensors) {
            file += repacked(info);
            joined &= !info.name().endsWith(".attn_k_b.weight");
        }
        long layers = (long) config.numHiddenLayers() + config.numNextnPredictLayers();
        long heap = 0;
        long outside = 0;
        Object attention = config.attention();
        if (attention instanceof MlaConfig mla) {
            long heads = mla.numAttentionHeads();
            long rank = mla.kvLoraRank();
            long keys = heads * padded(rank) * mla.qkNopeHeadDim() * Float.BYTES;
            long values = heads * padded(mla.vHeadDim()) * rank * Float.BYTES;
            long both = heads * (mla.qkNopeHeadDim() + mla.vHeadDim()) * rank * Float.BYTES;
            heap += layers * keys;
            outside += layers * heads * rank * mla.qkNopeHeadDim() * Float.BYTES;
            if (joined) {
                file += layers * values; // the same numbers once more, head by head
            } else {
                heap += layers * (both + values); // of writable memory: always kept
                outside += layers * both;
            }
        }
        return new RepackedWeights(heap + Math.min(file, keep), outside);
    }

    /** What a copy of a file's matrix takes; 0 for one that is read as it lies. */
    private static long repacked(TensorInfo info) {
        String name = info.name();
        if (info.shape().toArray().length < 2
                || info.dtype().isEmpty()
                || name.equals("token_embd.weight")
                || name.equals("model.embed_tokens.weight")
                || name.endsWith("_k_b.weight")
                || name.endsWith("_v_b.weight")) {
            return 0;
        }
        long numbers = info.shape().elements();
        return switch (info.dtype().get()) {
            case F32, F16, BF16 -> Float.BYTES * numbers;
            case Q8_0 -> numbers + numbers / 8;
            default -> 0;
        };
    }

    private static long padded(long outputs) {
        return (outputs + PANEL - 1) / PANEL * PANEL;
    }
}
