package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A DeepSeek-V2/V3 decoder: embedding, layers, final norm, head; and a multi-token-prediction block
 * where there is one.
 *
 * @param embedding [V, D], any weight type
 */
public record Decoder(
        ModelConfig config,
        Tensor embedding,
        List<DecoderLayer> layers,
        RmsNorm norm,
        Linear head,
        Optional<NextTokenBlock> nextTokenBlock,
        int contextLength) {

    /**
     * What a forward gives.
     *
     * @param hidden residual stream after the last layer, before the final norm: [T, D]
     * @param logits of the batch's {@code logitRows}: [rows, V]
     */
    public record Output(Tensor hidden, Tensor logits) {}

    /** What the backward pass needs of the end of the model. */
    public record Trace(Tensor hidden, Tensor normed, Tensor scored) {}

    /**
     * Computes a batch; writes the cache only past each sequence's committed length. The result
     * lies in the workspace, which the caller releases.
     *
     * @throws IllegalArgumentException if a token id is outside the vocabulary or a position
     *     outside the context
     */
    public Output forward(ForwardBatch batch, Cache cache, Pass pass) {
        for (int position : batch.positions()) {
            if (position >= contextLength) {
                throw new IllegalArgumentException(
                        "position "
                                + position
                                + " is outside the context of "
                                + contextLength
                                + " tokens this model was loaded with");
            }
        }
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        Tensor x = workspace.floats(batch.rows(), config.hiddenSize()); // [T, D]
        kernels.embed(embedding, batch.ids(), x);
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).forward(x, i, batch, cache, pass);
        }
        Tensor rows = workspace.floats(batch.logitRows().length, config.hiddenSize()); // [L, D]
        kernels.gather(x, batch.logitRows(), rows);
        Tensor normed = norm.apply(rows, kernels, workspace); // [L, D]
        Tensor logits = head.apply(normed, kernels, workspace); // [L, V]
        pass.trace().record(new Trace(x, normed, rows));
        return new Output(x, logits);
    }

    /** What a sequence keeps of each layer between forwards with these kernels. */
    public CacheLayout cacheLayout(Kernels kernels) {
        return new CacheLayout(
                layers.stream().map(layer -> cacheLayer(layer.attention(), kernels)).toList());
    }

    /** The same, and behind it what the multi-token-prediction block's layer keeps. */
    public CacheLayout cacheLayoutWithNextToken(Kernels kernels) {
        List<CacheLayout.Layer> all = new ArrayList<>(cacheLayout(kernels).layers());
        nextTokenBlock.ifPresent(block -> all.add(cacheLayer(block.layer().attention(), kernels)));
        return new CacheLayout(all);
    }

    private CacheLayout.Layer cacheLayer(Attention attention, Kernels kernels) {
        CacheLayout.Layer layer = new CacheLayout.Layer(config.attention().cacheStreams(), 0);
        return layer.withType(attention.cacheType(kernels));
    }

    /** Takes over changed parameters into all prepared weights. */
    public void refresh(Kernels kernels) {
        layers.forEach(layer -> Refresh.layer(layer, kernels));
        kernels.refresh(head.weight());
        nextTokenBlock.ifPresent(
                block -> {
                    kernels.refresh(block.project().weight());
                    Refresh.layer(block.layer(), kernels);
                });
    }
}
