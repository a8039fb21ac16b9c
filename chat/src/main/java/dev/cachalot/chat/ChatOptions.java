package dev.cachalot.chat;

import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tokenizer.Thinking;
import java.util.List;

/**
 * How to answer.
 *
 * @param thinking whether to reason first; a model that cannot answers directly
 * @param maxTokens most tokens of reasoning and answer together; the context may end earlier
 * @param stop texts that end the answer and are not given out; reasoning may contain them
 */
public record ChatOptions(
        Thinking thinking, int maxTokens, SamplingParameters sampling, List<String> stop) {
    public ChatOptions {
        stop = List.copyOf(stop);
        if (maxTokens < 1) {
            throw new IllegalArgumentException(
                    "maxTokens is " + maxTokens + "; expected at least 1");
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException(
                    "a stop text is empty; expected at least 1 character");
        }
    }
}
