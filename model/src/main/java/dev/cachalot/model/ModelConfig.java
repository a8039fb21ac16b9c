package dev.cachalot.model;

import java.util.Optional;

/**
 * Sizes of a whole decoder, in the words of Hugging Face's {@code config.json}.
 *
 * @param architecture the file's own word for it, such as {@code deepseek2}
 * @param intermediateSize width of a dense feed-forward
 * @param maxPositionEmbeddings longest context the model was built for
 * @param moe absent for a model of dense layers only
 * @param numNextnPredictLayers multi-token-prediction blocks in the file: 0 or 1
 */
public record ModelConfig(
        String architecture,
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int intermediateSize,
        float rmsNormEps,
        int maxPositionEmbeddings,
        AttentionConfig attention,
        RopeConfig rope,
        Optional<MoeConfig> moe,
        int numNextnPredictLayers) {

    private static final int LARGEST_ROTARY = 4096; // no published model comes near it

    public ModelConfig {
        Sizes.checkPositive("vocab_size", vocabSize);
        Sizes.checkPositive("hidden_size", hiddenSize);
        Sizes.checkPositive("num_hidden_layers", numHiddenLayers);
        Sizes.checkPositive("intermediate_size", intermediateSize);
        Sizes.checkPositive("max_position_embeddings", maxPositionEmbeddings);
        if (attention.rotaryDim() > LARGEST_ROTARY) {
            throw new UnsupportedModelException(
                    attention.rotaryDim()
                            + " numbers of a head are rotated; expected at most "
                            + LARGEST_ROTARY);
        }
        if (!(rmsNormEps >= 0) || rmsNormEps > 1) {
            throw new UnsupportedModelException(
                    "rms_norm_eps is " + rmsNormEps + "; expected a small positive number");
        }
        if (numNextnPredictLayers < 0 || numNextnPredictLayers > 1) {
            throw new UnsupportedModelException(
                    "num_nextn_predict_layers is "
                            + numNextnPredictLayers
                            + "; this build knows models with none or one");
        }
    }

    /**
     * The mixture of experts of layer {@code index}; absent where the layer's feed-forward is
     * dense.
     */
    public Optional<MoeConfig> moeOf(int index) {
        return moe.filter(config -> index >= config.firstKDenseReplace());
    }

    /**
     * The attention, which must be latent.
     *
     * @param purpose what needs it so, for the message
     * @throws UnsupportedModelException if the model has another
     */
    public MlaConfig requireMla(String purpose) {
        if (attention instanceof MlaConfig mla) {
            return mla;
        }
        throw new UnsupportedModelException(
                purpose
                        + " is for multi-head latent attention; this model of architecture \""
                        + architecture
                        + "\" has grouped-query attention");
    }

    /** Factor on query times key: keys' width and YaRN's magnitude. */
    public float attentionScale() {
        return (float) (rope.attentionFactor() / Math.sqrt(attention.qkHeadDim()));
    }

    /** What a sequence keeps of each layer between forwards. */
    public CacheLayout cacheLayout() {
        return CacheLayout.of(numHiddenLayers, attention.cacheStreams());
    }

    /** The same, and behind it what the multi-token-prediction block's layer keeps. */
    public CacheLayout cacheLayoutWithNextToken() {
        return CacheLayout.of(numHiddenLayers + numNextnPredictLayers, attention.cacheStreams());
    }
}
