package dev.cachalot.engine;

/** What a step gave for one of its chunks. */
sealed interface Outcome {

    /** Its rows are in the cache; more of the sequence is to follow before a token is chosen. */
    record Computed() implements Outcome {}

    /** Its rows are in the cache and the next token is chosen. */
    record Chosen(int id, float logProb) implements Outcome {}

    /** Nothing of it can be used. */
    record Broken(GenerationException cause) implements Outcome {}
}
