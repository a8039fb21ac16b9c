package dev.cachalot.model;

import dev.cachalot.tensor.Tensor;

/** The second half of a decoder layer. */
public sealed interface FeedForward permits SwiGlu, Moe {

    /** [T, D] to a fresh [T, D]. */
    Tensor forward(Tensor x, Pass pass);
}
