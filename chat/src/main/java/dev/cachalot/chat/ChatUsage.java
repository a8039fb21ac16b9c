package dev.cachalot.chat;

/**
 * What an answer took, in tokens.
 *
 * @param promptTokens of the conversation as the model read it
 * @param cachedTokens those of them found in the prefix cache
 * @param completionTokens given out, reasoning included
 * @param reasoningTokens those of them up to the end mark of the thinking, that mark included
 */
public record ChatUsage(
        int promptTokens, int cachedTokens, int completionTokens, int reasoningTokens) {
    /** Prompt and completion together. */
    public int totalTokens() {
        return promptTokens + completionTokens;
    }
}
