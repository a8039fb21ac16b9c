package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.Optional;

/**
 * A checkpoint's tensors under their Hugging Face names, whatever its dialect and layout. Tensors
 * are views on the checkpoint's mapping, or copies in {@code memory} where the file keeps another
 * layout.
 */
public final class CheckpointWeights implements WeightSource {
    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final Workspace memory;
    private final boolean gguf;
    private final Kernels kernels;

    /**
     * @param checkpoint must stay open as long as the tensors are used
     * @param memory for copies; must outlive the tensors
     * @param kernels that the copies are for
     */
    public CheckpointWeights(
            Checkpoint checkpoint, ModelConfig config, Workspace memory, Kernels kernels) {
        this.kernels = kernels;
        this.checkpoint = checkpoint;
        this.config = config;
        this.memory = memory;
        this.gguf = checkpoint.config().isEmpty();
    }

    @Override
    public Tensor require(String name, Shape shape) {
        if (!gguf) {
            String stored =
                    name.equals("lm_head.weight") && isTied() ? "model.embed_tokens.weight" : name;
            return checkpoint.isScaled(stored)
                    ? decoded(stored, shape)
                    : checkpoint.require(stored, shape);
        }
        Optional<WeightNames.Stacked> stacked = WeightNames.findStack(name);
        if (stacked.isPresent()) {
            return expert(stacked.get(), shape);
        }
        String local = WeightNames.gguf(name);
        if (name.equals("lm_head.weight") && !has(local)) {
            return checkpoint.require("token_embd.weight", shape);
        }
        Optional<SplitUp> split = has(local) ? Optional.empty() : findSplitUp(name);
        return split.isPresent() ? joined(split.get()) : checkpoint.require(local, shape);
    }

    /** An F32 copy of a tensor whose numbers need the scales of another one. */
    private Tensor decoded(String name, Shape shape) {
        if (!checkpoint.info(name).orElseThrow().shape().equals(shape)) {
            return checkpoint.require(name, shape); // says so
        }
        Tensor copy = memory.floats(shape.toArray());
        float[] row = new float[copy.width()];
        for (int i = 0; i < copy.rows(); i++) {
            checkpoint.decodeRows(name, i, 1, row);
            copy.setRow(i, row);
        }
        return copy.asReadOnly();
    }

    /** As config.json says; where it says nothing, a head that is missing is the embedding. */
    private boolean isTied() {
        return checkpoint
                .config()
                .flatMap(words -> words.findBool("tie_word_embeddings"))
                .orElse(!has("lm_head.weight"));
    }

    private boolean has(String tensor) {
        return checkpoint.info(tensor).isPresent();
    }

    @Override
    public Optional<SplitUp> findSplitUp(String name) {
        if (!gguf || !name.endsWith(".kv_b_proj.weight")) {
            return Optional.empty();
        }
        String prefix = WeightNames.gguf(name).replace("attn_kv_b.weight", "");
        if (!has(prefix + "attn_k_b.weight")) {
            return Optional.empty();
        }
        MlaConfig mla = config.requireMla("the layout of attn_k_b and attn_v_b");
        int heads = mla.numAttentionHeads();
        int rank = mla.kvLoraRank();
        return Optional.of(
                new SplitUp(
                        checkpoint.require(
                                prefix + "attn_k_b.weight",
                                Shape.of(heads, rank, mla.qkNopeHeadDim())),
                        checkpoint.require(
                                prefix + "attn_v_b.weight",
                                Shape.of(heads, mla.vHeadDim(), rank))));
    }

    private Tensor expert(WeightNames.Stacked stacked, Shape shape) {
        int experts = config.moe().orElseThrow().nRoutedExperts();
        Tensor stack =
                checkpoint.require(stacked.name(), Shape.of(experts, shape.dim(0), shape.dim(1)));
        int rows = Math.toIntExact(shape.dim(0));
        return stack.slice(stacked.expert() * rows, rows);
    }

    /**
     * The joint up-projection [H * (nope + v), C] from the layout that keeps keys [H, C, nope]
     * (transposed a head) and values [H, v, C] apart.
     */
    private Tensor joined(SplitUp split) {
        MlaConfig mla = config.requireMla("the layout of attn_k_b and attn_v_b");
        int heads = mla.numAttentionHeads();
        int rank = mla.kvLoraRank();
        int nope = mla.qkNopeHeadDim();
        int values = mla.vHeadDim();
        Shape shape = Shape.of((long) heads * (nope + values), rank);
        Tensor kv = memory.tensor(kernels.typeOfCopy(split.keys().dtype(), rank), shape);
        float[] row = new float[rank];
        for (int h = 0; h < heads; h++) {
            float[] keys = split.keys().slice(h * rank, rank).toFloats(); // [C, nope]
            for (int n = 0; n < nope; n++) {
                for (int c = 0; c < rank; c++) {
                    row[c] = keys[c * nope + n];
                }
                kv.encodeRow(h * (nope + values) + n, row);
            }
            float[] all = split.values().slice(h * values, values).toFloats(); // [v, C]
            for (int n = 0; n < values; n++) {
                System.arraycopy(all, n * rank, row, 0, rank);
                kv.encodeRow(h * (nope + values) + nope + n, row);
            }
        }
        return kv.asReadOnly();
    }
}
