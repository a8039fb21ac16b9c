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

    /**
     * Called after the plan's batch was computed and tokens were chosen, with the same workspace: a
     * model that can guess the token after them puts the guesses into the outcomes.
     *
     * @param outcomes of the plan's chunks, by their index
     */
    default void guess(Plan plan, Outcome[] outcomes, Cache cache, Pass pass) {}
}
