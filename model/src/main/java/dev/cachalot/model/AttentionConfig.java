package dev.cachalot.model;

import dev.cachalot.tensor.RotaryPairs;
import java.util.List;

/** Sizes of an attention: what the decoder needs to know of any. */
public sealed interface AttentionConfig permits MlaConfig, GroupedQueryConfig {

    /** Query heads. */
    int numAttentionHeads();

    /** Numbers of a query and of a key, a head. */
    int qkHeadDim();

    /** Numbers of a value, a head. */
    int vHeadDim();

    /** Numbers of a query and of a key that are rotated, a head. */
    int rotaryDim();

    /** Which of them are turned together. */
    RotaryPairs rotaryPairs();

    /** What a sequence keeps of one layer between forwards. */
    List<CacheLayout.Stream> cacheStreams();
}
