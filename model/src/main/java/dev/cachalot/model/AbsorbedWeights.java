package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * The per-head matrices of absorbed attention, cut from the joint up-projection {@code kv_b}
 * (DeepSeek-V2, section 2.1.2).
 */
final class AbsorbedWeights {

    /**
     * Per head the transposed key part, [kvLoraRank, nope], as copies in {@code memory}; they can
     * be filled anew where the source can change.
     */
    static List<Weight> keys(MlaConfig config, Tensor kvUp, Kernels kernels, Workspace memory) {
        List<Tensor> sources = new ArrayList<>();
        for (int h = 0; h < config.numAttentionHeads(); h++) {
            Tensor source =
                    memory.tensor(
                            kernels.typeOfCopy(kvUp.dtype(), config.qkNopeHeadDim()),
                            Shape.of(config.kvLoraRank(), config.qkNopeHeadDim()));
            transpose(config, kvUp, h, source);
            sources.add(kvUp.isReadOnly() ? source.asReadOnly() : source);
        }
        return sources.stream().map(kernels::prepare).toList();
    }

    /** Per head the value part, [v, kvLoraRank]: views. */
    static List<Weight> values(MlaConfig config, Tensor kvUp, Kernels kernels) {
        List<Weight> weights = new ArrayList<>();
        int stride = config.qkNopeHeadDim() + config.vHeadDim();
        for (int h = 0; h < config.numAttentionHeads(); h++) {
            weights.add(
                    kernels.prepare(
                            kvUp.slice(h * stride + config.qkNopeHeadDim(), config.vHeadDim())));
        }
        return weights;
    }

    /** Per head of a stack [H, rows, width]: views. */
    static List<Weight> heads(Tensor stack, int heads, Kernels kernels) {
        List<Weight> weights = new ArrayList<>();
        int rows = stack.rows() / heads;
        for (int h = 0; h < heads; h++) {
            weights.add(kernels.prepare(stack.slice(h * rows, rows)));
        }
        return weights;
    }

    /** Fills the sources of weights made by {@link #keys} anew. */
    static void fill(MlaConfig config, Tensor kvUp, List<Weight> keys) {
        for (int h = 0; h < keys.size(); h++) {
            transpose(config, kvUp, h, keys.get(h).source());
        }
    }

    private static void transpose(MlaConfig config, Tensor kvUp, int head, Tensor target) {
        int stride = config.qkNopeHeadDim() + config.vHeadDim();
        float[] rows = kvUp.slice(head * stride, config.qkNopeHeadDim()).toFloats(); // [nope, C]
        float[] row = new float[config.qkNopeHeadDim()];
        for (int c = 0; c < config.kvLoraRank(); c++) {
            for (int n = 0; n < row.length; n++) {
                row[n] = rows[n * config.kvLoraRank() + c];
            }
            target.encodeRow(c, row);
        }
    }

    private AbsorbedWeights() {}
}
