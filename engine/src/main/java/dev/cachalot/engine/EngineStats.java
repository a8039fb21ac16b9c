package dev.cachalot.engine;

/**
 * A moment of an engine, and its counts since it started.
 *
 * @param running sequences that are computed
 * @param waiting requests and preempted sequences that wait
 * @param blocksTotal blocks of the cache; a block is {@link EngineConfig#blockSize} tokens
 * @param blocksUsed blocks held by sequences or by the prefix cache
 * @param blocksPrefix blocks held by the prefix cache (sequences may hold them too)
 * @param promptTokens tokens of admitted prompts
 * @param cachedTokens those of them found in the prefix cache
 * @param completionTokens tokens given out
 * @param preemptions sequences put back to make room; they are computed again
 * @param steps forwards
 * @param drafted guesses of tokens that forwards checked
 * @param accepted those of them that were right: each saved its sequence a forward
 */
public record EngineStats(
        int running,
        int waiting,
        int blocksTotal,
        int blocksUsed,
        int blocksPrefix,
        long promptTokens,
        long cachedTokens,
        long completionTokens,
        long preemptions,
        long steps,
        long drafted,
        long accepted) {}
