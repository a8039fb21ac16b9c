package dev.cachalot.engine;

/**
 * What a request took.
 *
 * @param promptTokens tokens of the prompt
 * @param cachedTokens those of them that were found in the prefix cache
 * @param completionTokens tokens given out; a stop token is not counted
 */
public record Usage(int promptTokens, int cachedTokens, int completionTokens) {}
