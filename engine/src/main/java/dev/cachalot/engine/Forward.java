package dev.cachalot.engine;

import dev.cachalot.model.Cache;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Tensor;

/** What the engine needs of a decoder. */
@FunctionalInterface
interface Forward {

    /** Logits of the batch's rows that need them, [rows, V], in the pass's workspace. */
    Tensor logits(ForwardBatch batch, Cache cache, Pass pass);
}
