package dev.cachalot.server;

import dev.cachalot.chat.ChatService;
import dev.cachalot.engine.SamplingParameters;

/**
 * A model that requests can name.
 *
 * @param id the name in requests
 * @param contextLength most tokens of prompt and answer together
 * @param sampling what holds where a request says nothing
 */
public record ServedModel(
        String id, ChatService chat, int contextLength, SamplingParameters sampling) {
    public ServedModel {
        if (id.isBlank()) {
            throw new IllegalArgumentException("the id of a served model is blank; give it a name");
        }
        if (contextLength < 1) {
            throw new IllegalArgumentException(
                    "contextLength is " + contextLength + "; expected at least 1");
        }
    }
}
