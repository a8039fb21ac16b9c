package dev.cachalot.model;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.RotaryPairs;
import java.util.List;

/**
 * Sizes of grouped-query attention (Ainslie et al., arXiv 2305.13245): several query heads share
 * one head of keys and values.
 *
 * @param numKeyValueHeads heads of keys and values; divides {@code numAttentionHeads}
 * @param headDim numbers of a query, a key and a value, a head
 * @param rotaryDim leading numbers of a head that are rotated
 * @param rotaryPairs which of them are turned together; a matter of the file's layout
 * @param qkvBias whether the projections of query, key and value have a bias: Qwen2
 * @param outputBias whether the output projection has one
 * @param qkNorm whether each head's query and key is normed before the rotation: Qwen3
 */
public record GroupedQueryConfig(
        int numAttentionHeads,
        int numKeyValueHeads,
        int headDim,
        int rotaryDim,
        RotaryPairs rotaryPairs,
        boolean qkvBias,
        boolean outputBias,
        boolean qkNorm)
        implements AttentionConfig {

    public GroupedQueryConfig {
        Sizes.checkPositive("num_attention_heads", numAttentionHeads);
        Sizes.checkPositive("num_key_value_heads", numKeyValueHeads);
        Sizes.checkPositive("head_dim", headDim);
        Sizes.checkPositive("rotary dimension", rotaryDim);
        Sizes.product("the width of all heads", numAttentionHeads, headDim);
        if (numAttentionHeads % numKeyValueHeads != 0) {
            throw new UnsupportedModelException(
                    "num_attention_heads is "
                            + numAttentionHeads
                            + " and num_key_value_heads "
                            + numKeyValueHeads
                            + "; the first must be a multiple of the second");
        }
        if (rotaryDim % 2 != 0 || rotaryDim > headDim) {
            throw new UnsupportedModelException(
                    "the rotary dimension is "
                            + rotaryDim
                            + " of heads of "
                            + headDim
                            + " numbers; expected an even number that is not larger");
        }
    }

    @Override
    public int qkHeadDim() {
        return headDim;
    }

    @Override
    public int vHeadDim() {
        return headDim;
    }

    /** Numbers of a token's keys, and of its values. */
    public int keyValueWidth() {
        return numKeyValueHeads * headDim;
    }

    @Override
    public List<CacheLayout.Stream> cacheStreams() {
        return List.of(
                new CacheLayout.Stream("key", keyValueWidth(), DType.F32, 1),
                new CacheLayout.Stream("value", keyValueWidth(), DType.F32, 1));
    }
}
