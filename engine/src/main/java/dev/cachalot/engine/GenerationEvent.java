package dev.cachalot.engine;

/** What happens to a request. */
public sealed interface GenerationEvent {

    /**
     * The next token.
     *
     * @param logProb natural logarithm of its probability under the model, before temperature,
     *     penalties and cuts
     */
    record Token(int id, float logProb) implements GenerationEvent {}

    /** The completion is over. */
    record Finished(FinishReason reason, Usage usage) implements GenerationEvent {}

    /** The completion was broken off. */
    record Failed(GenerationException cause) implements GenerationEvent {}
}
