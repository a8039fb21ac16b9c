package dev.cachalot.engine;

import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.Decoder;

/**
 * Sizes of an engine, and how it guesses.
 *
 * @param contextLength most tokens of a sequence, prompt and completion together
 * @param maxSequences sequences that are computed at once; further ones wait
 * @param cacheTokens bound on the tokens whose rows are kept in memory, all sequences and the
 *     prefix cache together; memory is taken as it is needed
 * @param queueCapacity requests that may wait for their first step; a further one is refused
 * @param blockSize tokens a block of the cache; divides {@value Sequence#CHUNK_TOKENS}
 * @param speculation where guesses of the next tokens come from
 */
public record EngineConfig(
        int contextLength,
        int maxSequences,
        int cacheTokens,
        int queueCapacity,
        int blockSize,
        Speculation speculation) {
    private static final int DEFAULT_SEQUENCES = 16;
    private static final int DEFAULT_QUEUE = 256;
    private static final int DEFAULT_BLOCK = 64;
    private static final long DEFAULT_CACHE_BYTES = 1L << 30;

    public EngineConfig {
        checkPositive("contextLength", contextLength);
        checkPositive("maxSequences", maxSequences);
        checkPositive("queueCapacity", queueCapacity);
        checkPositive("blockSize", blockSize);
        if (Sequence.CHUNK_TOKENS % blockSize != 0) {
            throw new IllegalArgumentException(
                    "blockSize is "
                            + blockSize
                            + "; it must divide "
                            + Sequence.CHUNK_TOKENS
                            + ", the length of a prompt's chunks: try "
                            + DEFAULT_BLOCK);
        }
        if (cacheTokens < blockSize) {
            throw new IllegalArgumentException(
                    "cacheTokens is "
                            + cacheTokens
                            + "; at least one block of "
                            + blockSize
                            + " tokens is needed");
        }
    }

    /** With {@link Speculation#AUTO}. */
    public EngineConfig(
            int contextLength,
            int maxSequences,
            int cacheTokens,
            int queueCapacity,
            int blockSize) {
        this(contextLength, maxSequences, cacheTokens, queueCapacity, blockSize, Speculation.AUTO);
    }

    /** The same sizes with other guesses. */
    public EngineConfig withSpeculation(Speculation other) {
        return new EngineConfig(
                contextLength, maxSequences, cacheTokens, queueCapacity, blockSize, other);
    }

    /**
     * Sizes for one machine's few users: the decoder's whole context, 16 sequences, and a cache of
     * at most a gibibyte (of rows in F32), or of one whole context where that is more.
     */
    public static EngineConfig defaults(Decoder decoder) {
        CacheLayout layout =
                decoder.nextTokenBlock().isPresent()
                        ? decoder.config().cacheLayoutWithNextToken()
                        : decoder.config().cacheLayout();
        return defaults(layout, decoder.contextLength());
    }

    /** As above, of a model that is not there yet: by what it keeps of a sequence. */
    public static EngineConfig defaults(CacheLayout layout, int context) {
        long bytes = Math.max(1, layout.bytesPerToken());
        long tokens = Math.min((long) DEFAULT_SEQUENCES * context, DEFAULT_CACHE_BYTES / bytes);
        tokens = Math.max(tokens, context);
        tokens = Math.ceilDiv(tokens, DEFAULT_BLOCK) * DEFAULT_BLOCK;
        int cacheTokens = (int) Math.min(tokens, Integer.MAX_VALUE / DEFAULT_BLOCK * DEFAULT_BLOCK);
        return new EngineConfig(
                context, DEFAULT_SEQUENCES, cacheTokens, DEFAULT_QUEUE, DEFAULT_BLOCK);
    }

    /** Blocks of the cache. */
    int blocks() {
        return cacheTokens / blockSize;
    }

    /** Most tokens of a sequence: it must fit the context, and the cache when it is alone. */
    int longestSequence() {
        return Math.min(contextLength, blocks() * blockSize);
    }

    private static void checkPositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; at least 1 is needed");
        }
    }
}
