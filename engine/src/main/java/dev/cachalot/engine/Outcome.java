package dev.cachalot.engine;

import java.util.List;

/** What a step gave for one of its chunks. */
sealed interface Outcome {

    /** Its rows are in the cache; more of the sequence is to follow before a token is chosen. */
    record Computed() implements Outcome {}

    /**
     * Its rows are in the cache, but for those of wrong guesses, and tokens are chosen: one, and
     * one more for each right guess of the chunk's draft.
     *
     * @param tokens the right guesses, then the token after them
     * @param guess what the multi-token-prediction block takes for the token after all; {@link
     *     Sequence#NO_GUESS} where it was not asked
     */
    record Chosen(List<GenerationEvent.Token> tokens, int guess) implements Outcome {}

    /** Nothing of it can be used. */
    record Broken(GenerationException cause) implements Outcome {}
}
