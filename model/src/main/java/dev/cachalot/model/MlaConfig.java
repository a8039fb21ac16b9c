package dev.cachalot.model;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.RotaryPairs;
import java.util.List;
import java.util.OptionalInt;

/**
 * Sizes of multi-head latent attention, named as in the published config (DeepSeek-V2, arXiv
 * 2405.04434, section 2.1).
 *
 * @param qLoraRank width of the compressed query; absent for a direct projection
 * @param kvLoraRank width of the cached latent
 * @param qkNopeHeadDim numbers of a query and key that are not rotated, a head
 * @param qkRopeHeadDim numbers that are rotated; one rotated key is shared by all heads
 * @param vHeadDim numbers of a value, a head
 */
public record MlaConfig(
        int numAttentionHeads,
        OptionalInt qLoraRank,
        int kvLoraRank,
        int qkNopeHeadDim,
        int qkRopeHeadDim,
        int vHeadDim)
        implements AttentionConfig {

    public MlaConfig {
        Sizes.checkPositive("num_attention_heads", numAttentionHeads);
        Sizes.checkPositive("kv_lora_rank", kvLoraRank);
        Sizes.checkPositive("qk_nope_head_dim", qkNopeHeadDim);
        Sizes.checkPositive("qk_rope_head_dim", qkRopeHeadDim);
        Sizes.checkPositive("v_head_dim", vHeadDim);
        qLoraRank.ifPresent(rank -> Sizes.checkPositive("q_lora_rank", rank));
        Sizes.product("the width of all heads", numAttentionHeads, qkNopeHeadDim + qkRopeHeadDim);
        Sizes.product("the width of all heads", numAttentionHeads, qkNopeHeadDim + vHeadDim);
        if (qkRopeHeadDim % 2 != 0) {
            throw new UnsupportedModelException(
                    "qk_rope_head_dim is "
                            + qkRopeHeadDim
                            + "; rotation works on pairs, so it must be even");
        }
    }

    @Override
    public int qkHeadDim() {
        return qkNopeHeadDim + qkRopeHeadDim;
    }

    @Override
    public int rotaryDim() {
        return qkRopeHeadDim;
    }

    @Override
    public RotaryPairs rotaryPairs() {
        return RotaryPairs.ADJACENT;
    }

    @Override
    public List<CacheLayout.Stream> cacheStreams() {
        return List.of(new CacheLayout.Stream("latent", latentWidth(), DType.F32, 1));
    }

    /**
     * Numbers cached a token and layer: the latent and the one rotated key that all heads share.
     */
    public int latentWidth() {
        return kvLoraRank + qkRopeHeadDim;
    }
}
