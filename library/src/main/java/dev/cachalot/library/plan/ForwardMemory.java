package dev.cachalot.library.plan;

import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import java.util.Optional;

/**
 * Memory of forward passes: takes what {@code Decoder.forward} takes, in the same order. A test
 * holds it against the real one.
 */
final class ForwardMemory {
    private final ModelConfig config;
    private final boolean isRounded;
    private final WorkspaceMeter meter = new WorkspaceMeter();

    /**
     * @param isRounded whether products round their inputs; then latents are expanded block by
     *     block, and gates are products of their own
     */
    ForwardMemory(ModelConfig config, boolean isRounded) {
        this.config = config;
        this.isRounded = isRounded;
    }

    /**
     * A forward.
     *
     * @param rows tokens of it
     * @param keys tokens that they see, all sequences together, when the attention is naive; 0 when
     *     it is absorbed
     * @param logitRows rows that need logits
     */
    void forward(long rows, long keys, long logitRows) {
        WorkspaceMeter.Mark mark = meter.mark();
        long width = config.hiddenSize();
        meter.take(rows, width);
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            layer(rows, keys, config.moeOf(i));
        }
        meter.take(logitRows, width);
        meter.take(logitRows, width);
        meter.take(logitRows, config.vocabSize());
        meter.release(mark);
    }

    private void layer(long rows, long keys, Optional<MoeConfig> moe) {
        WorkspaceMeter.Mark mark = meter.mark();
        long width = config.hiddenSize();
        meter.take(rows, width);
        Object attention = config.attention();
        if (attention instanceof MlaConfig mla) {
            latent(mla, rows, keys);
        } else {
            grouped(rows);
        }
        meter.take(rows, width); // output
        meter.take(rows, width); // norm
        if (moe.isPresent()) {
            experts(moe.get(), rows);
        } else {
            swiGlu(rows, config.intermediateSize());
        }
        meter.release(mark);
    }

    private void latent(MlaConfig mla, long rows, long keys) {
        long heads = mla.numAttentionHeads();
        meter.take(rows, mla.latentWidth());
        mla.qLoraRank()
                .ifPresent(
                        rank -> {
                            meter.take(rows, rank);
                            meter.take(rows, rank);
                        });
        meter.take(rows, heads * mla.qkHeadDim());
        meter.take(rows, mla.latentWidth());
        meter.take(rows, heads * mla.vHeadDim());
        if (keys == 0) {
            meter.take(rows, heads * mla.latentWidth());
            meter.take(rows, heads * mla.kvLoraRank());
            return;
        }
        if (isRounded) {
            return;
        }
        if (keys > rows) {
            meter.take(keys, mla.latentWidth());
        }
        meter.take(keys, heads * (mla.qkNopeHeadDim() + mla.vHeadDim()));
        meter.take(keys, heads * mla.qkHeadDim());
        meter.take(keys, heads * mla.vHeadDim());
        meter.take(rows, heads);
    }

    /** Keys and values are read where they lie. */
    private void grouped(long rows) {
        long queries =
                (long) config.attention().numAttentionHeads() * config.attention().qkHeadDim();
        meter.take(rows, queries);
        for (CacheLayout.Stream stream : config.cacheLayout().layers().getFirst().streams()) {
            meter.take(rows, stream.width());
        }
        meter.take(rows, queries);
    }

    private void experts(MoeConfig moe, long rows) {
        long width = config.hiddenSize();
        int topK = moe.route().topK();
        meter.take(rows, moe.nRoutedExperts());
        meter.take(rows, moe.nRoutedExperts());
        meter.take(rows, topK);
        meter.take(rows, topK);
        meter.take(rows * topK, width);
        if (isRounded) {
            meter.take(rows * topK, moe.moeIntermediateSize());
            boolean isShared = moe.nSharedExperts() > 0;
            meter.take(rows, isShared ? moe.sharedIntermediateSize() : 1);
            meter.take(rows * topK, width);
            meter.take(rows, width);
            return;
        }
        for (int i = 0; i < 3; i++) {
            meter.take(rows * topK, moe.moeIntermediateSize());
        }
        meter.take(rows * topK, width);
        if (moe.nSharedExperts() > 0) {
            swiGlu(rows, moe.sharedIntermediateSize());
        } else {
            meter.take(rows, width);
        }
    }

    private void swiGlu(long rows, long intermediate) {
        for (int i = 0; i < (isRounded ? 1 : 3); i++) {
            meter.take(rows, intermediate);
        }
        meter.take(rows, config.hiddenSize());
    }

    /** What the workspace holds after these forwards, used or not. */
    long heldBytes() {
        return meter.heldBytes();
    }

    /** The most of it that was in memory. */
    long most() {
        return meter.most();
    }
}
