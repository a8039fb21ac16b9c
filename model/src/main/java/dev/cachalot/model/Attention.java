package dev.cachalot.model;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;

/** The first half of a decoder layer: mixes a sequence's tokens. */
public sealed interface Attention permits Mla, GroupedQueryAttention {

    /**
     * [T, D] to a fresh [T, D]. Writes what later tokens need to the cache, unless it is a training
     * batch.
     */
    Tensor forward(Tensor x, int layer, ForwardBatch batch, Cache cache, Pass pass);

    /** The type in which these kernels keep what is cached of a sequence. */
    DType cacheType(Kernels kernels);

    /** Whether sequences can be continued token by token, beyond whole ones in one forward. */
    boolean canGenerate();
}
