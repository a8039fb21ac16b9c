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
    private static final long KEEP_BYTES = 128L << 20; // as VectorKernels keeps at most

    static RepackedWeights of(ModelConfig config, List<TensorInfo> tensors) {
        long keep = Math.min(KEEP_BYTES, Runtime.getRuntime().maxMemory() / 8);
        long file = 0;
        boolean apart = false; // keys and values of attention in two tensors
        for (TensorInfo info : tensors) {
            file += repacked(info);
            apart |= info.name().endsWith(".attn_k_b.weight");
        }
        long layers = (long) config.numHiddenLayers() + config.numNextnPredictLayers();
        long outside = decoded(tensors);
        Object attention = config.attention();
        if (attention instanceof MlaConfig mla) {
            // the form that the file lacks, as F32
            long width = apart ? mla.qkNopeHeadDim() + mla.vHeadDim() : mla.qkNopeHeadDim();
            outside += layers * mla.numAttentionHeads() * mla.kvLoraRank() * width * Float.BYTES;
            if (!apart) { // values once more, head by head
                double share = (double) mla.vHeadDim() / (mla.qkNopeHeadDim() + mla.vHeadDim());
                for (TensorInfo info : tensors) {
                    file += isJoint(info.name()) ? Math.round(share * repacked(info)) : 0;
                }
            }
        }
        return new RepackedWeights(Math.min(file + outside, keep), outside);
    }

    /** FP8 with scales is decoded when a model is loaded. */
    private static long decoded(List<TensorInfo> tensors) {
        return tensors.stream()
                .filter(info -> info.dtypeName().startsWith("F8"))
                .mapToLong(info -> Float.BYTES * info.shape().elements())
                .sum();
    }

    /** What a copy of a file's matrix takes; 0 for one that is read as it lies. */
    private static long repacked(TensorInfo info) {
        String name = info.name();
        if (info.shape().toArray().length < 2
                || info.dtype().isEmpty()
                || name.equals("token_embd.weight")
                || name.equals("model.embed_tokens.weight")) {
            return 0;
        }
        long numbers = info.shape().elements();
        return switch (info.dtype().get()) {
            case F32, F16, BF16 -> Float.BYTES * numbers;
            case Q8_0 -> numbers + numbers / 8;
            default -> 0;
        };
    }

    private static boolean isJoint(String name) {
        return name.endsWith(".attn_kv_b.weight") || name.endsWith(".kv_b_proj.weight");
    }
}
