package dev.cachalot.library.plan;

import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WeightLayout;
import java.util.List;

/**
 * Memory of a model's weights as a rung's kernels prepare them: counts what {@code DecoderBuilder}
 * asks for, tensor by tensor of the files. A test holds it against the real one.
 */
final class WeightMemory {
    private static final int AROUND_BYTES = 64 << 10; // that a page fault maps, on Linux

    private final ModelConfig config;
    private final Rung rung;
    private long mapped;
    private long rows; // of an embedding, looked up one by one
    private long heap;
    private long store;
    private long copies;

    private WeightMemory(ModelConfig config, Rung rung) {
        this.config = config;
        this.rung = rung;
    }

    static WeightMemory of(ModelConfig config, List<TensorInfo> tensors, Rung rung) {
        WeightMemory memory = new WeightMemory(config, rung);
        boolean isTied = WeightWork.isTied(tensors);
        for (TensorInfo info : tensors) {
            if (WeightWork.isLoaded(config, info.name()) && !isScale(info.name())) {
                memory.tensor(info, isTied);
            }
        }
        return memory;
    }

    private static boolean isScale(String name) {
        return name.endsWith("_scale_inv"); // read once, to decode FP8
    }

    private void tensor(TensorInfo info, boolean isTied) {
        long[] dims = info.shape().toArray();
        boolean isEmbedding = WeightWork.isEmbedding(info.name());
        if (dims.length < 2 || info.dtype().isEmpty() || (isEmbedding && !isTied)) {
            rows += isEmbedding ? info.bytes() : 0;
            mapped += isEmbedding ? 0 : info.bytes();
            return;
        }
        DType dtype = info.dtype().get();
        boolean isDecoded = dtype == DType.F8_E4M3;
        if (isDecoded) {
            copies += Float.BYTES * info.shape().elements();
            dtype = DType.F32;
        }
        long count = dims.length == 3 ? dims[0] : 1; // experts, or heads
        long outputs = dims[dims.length - 2];
        int inputs = Math.toIntExact(dims[dims.length - 1]);
        boolean isRead = prepare(dtype, count, outputs, inputs);
        if (config.attention() instanceof MlaConfig mla) {
            isRead |= absorbed(mla, info.name(), dtype);
        }
        if (isRead && !isDecoded) {
            mapped += info.bytes();
        } else if (isEmbedding) {
            rows += info.bytes();
        }
    }

    /** Whether a tensor takes latents to keys. */
    static boolean isKeyUp(String name) {
        return name.endsWith(".attn_k_b.weight") || isJointUp(name);
    }

    private static boolean isJointUp(String name) {
        return name.endsWith(".attn_kv_b.weight") || name.endsWith(".kv_b_proj.weight");
    }

    /** What else is made of the up-projection; whether values are read as they lie. */
    private boolean absorbed(MlaConfig mla, String name, DType dtype) {
        int heads = mla.numAttentionHeads();
        int rank = mla.kvLoraRank();
        int nope = mla.qkNopeHeadDim();
        int values = mla.vHeadDim();
        if (name.endsWith(".attn_k_b.weight")) { // the joint one is put together
            copy(dtype, 1, (long) heads * (nope + values), rank);
            return false;
        }
        if (!isJointUp(name)) {
            return false;
        }
        copy(dtype, heads, rank, nope);
        return prepare(dtype, heads, values, rank);
    }

    private void copy(DType source, long count, long outputs, int inputs) {
        DType dtype = WeightLayout.typeOfCopy(rung, source, inputs);
        copies += count * outputs * dtype.bytes(inputs);
        prepare(dtype, count, outputs, inputs);
    }

    /** Adds so many weights; whether some are read as they lie. */
    private boolean prepare(DType dtype, long count, long outputs, int inputs) {
        boolean isRead = false;
        for (long i = 0; i < count; i++) {
            long left = WeightLayout.heapLimit() - heap;
            WeightLayout layout = WeightLayout.of(rung, dtype, outputs, inputs, left);
            heap += layout.heapBytes();
            store += layout.storeBytes();
            isRead |= layout.isSource();
        }
        return isRead;
    }

    /**
     * What is read from the files as it lies there. Of an embedding the rows of so many tokens, all
     * alike probable, each with its neighbours that the system maps along with it.
     */
    long mappedBytes(long tokens) {
        double untouched = Math.exp(-(double) tokens * AROUND_BYTES / Math.max(1, rows));
        return mapped + Math.round(rows * (1 - untouched));
    }

    /** Copies on the Java heap. */
    long heapBytes() {
        return heap;
    }

    /** Layouts in memory of the kernels' own, or in a file that is kept beside the model. */
    long storeBytes() {
        return store;
    }

    /** Copies outside the heap of what no file holds in the form needed. */
    long copyBytes() {
        return copies;
    }
}
