package dev.cachalot.chat;

import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.TokenStream;

/** Continues prompts: {@code engine::submit}, or a script in a test. */
@FunctionalInterface
public interface Generator {
    /**
     * Hands in a request, from any thread; returns at once.
     *
     * @throws dev.cachalot.engine.GenerationException when it is refused
     */
    TokenStream submit(GenerationRequest request);
}
