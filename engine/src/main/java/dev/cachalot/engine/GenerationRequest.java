package dev.cachalot.engine;

import java.util.Set;

/**
 * A prompt to be continued.
 *
 * @param prompt token ids; not to be changed afterwards
 * @param maxNewTokens most tokens to be given out; the context may end earlier
 * @param stopIds tokens that end the completion and are not given out
 */
public record GenerationRequest(
        int[] prompt, int maxNewTokens, SamplingParameters sampling, Set<Integer> stopIds) {
    public GenerationRequest {
        if (maxNewTokens < 1) {
            throw new IllegalArgumentException(
                    "maxNewTokens is " + maxNewTokens + "; at least 1 is needed");
        }
        stopIds = Set.copyOf(stopIds);
    }
}
