package dev.cachalot.engine;

import dev.cachalot.model.ForwardBatch.Chunk;
import dev.cachalot.model.ForwardBatch.Form;
import dev.cachalot.model.ForwardBatch.Logits;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A request on its way: its tokens, how many of them are in the cache, and in which blocks. Made by
 * the submitting thread, owned by the engine thread from then on; changed by {@link
 * Scheduler#commit} only.
 */
final class Sequence {
    /** Prompts are cut at absolute multiples of this many tokens. */
    static final int CHUNK_TOKENS = 256;

    /** Shorter chunks of a prompt are computed in absorbed form. */
    static final int NAIVE_TOKENS = 32;

    private final int number;
    private final GenerationRequest request;
    private final QueuedStream stream;
    private final long seed;
    private int[] tokens; // prompt and completion; longer than needed
    private int length;
    private int committed; // leading tokens whose rows are in the cache
    private int[] blocks = {}; // block table, longer than needed
    private int blockCount;
    private int cachedTokens; // of the first admission
    private boolean admittedBefore;
    private int epoch; // of the weights that the rows were computed with
    private PrefixCache.@Nullable Entry prefix; // of the last whole chunk of the prompt

    Sequence(int number, GenerationRequest request, QueuedStream stream, long seed) {
        this.number = number;
        this.request = request;
        this.stream = stream;
        this.seed = seed;
        this.tokens = request.prompt().clone();
        this.length = tokens.length;
    }

    int number() {
        return number;
    }

    GenerationRequest request() {
        return request;
    }

    QueuedStream stream() {
        return stream;
    }

    /** Tokens known: the prompt and what was generated. */
    int length() {
        return length;
    }

    /** The known tokens, and room behind. Not to be changed. */
    int[] tokens() {
        return tokens;
    }

    int promptTokens() {
        return request.prompt().length;
    }

    int completionTokens() {
        return length - promptTokens();
    }

    int committed() {
        return committed;
    }

    int blockCount() {
        return blockCount;
    }

    int block(int index) {
        return blocks[index];
    }

    /** The block table, and room behind. Not to be changed. */
    int[] blockTable() {
        return blocks;
    }

    int epoch() {
        return epoch;
    }

    PrefixCache.@Nullable Entry prefix() {
        return prefix;
    }

    boolean wasAdmittedBefore() {
        return admittedBefore;
    }

    Usage usage() {
        return new Usage(promptTokens(), cachedTokens, completionTokens());
    }

    /**
     * A number in [0, 1) that depends only on the seed and on the place of the token to be chosen,
     * so that neither batch-mates nor preemption change it.
     */
    double draw() {
        return new SplittableRandom(seed + 0x9E3779B97F4A7C15L * completionTokens()).nextDouble();
    }

    /**
     * The next tokens to compute. Depends on nothing but the sequence: the prompt is cut at
     * multiples of {@value #CHUNK_TOKENS} and is naive where a chunk is long; what was generated is
     * absorbed, also when it is computed again after a preemption.
     */
    Chunk nextChunk() {
        boolean ofPrompt = committed < promptTokens();
        int end = (committed / CHUNK_TOKENS + 1) * CHUNK_TOKENS;
        end = Math.min(end, ofPrompt ? promptTokens() : length);
        Form form = ofPrompt && end - committed >= NAIVE_TOKENS ? Form.NAIVE : Form.ABSORBED;
        return new Chunk(
                number,
                Arrays.copyOfRange(tokens, committed, end),
                committed,
                form,
                end == length ? Logits.LAST : Logits.NONE);
    }

    void append(int token) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(16, 2 * length));
        }
        tokens[length++] = token;
    }

    void advance(int count) {
        committed += count;
    }

    void addBlock(int block) {
        if (blockCount == blocks.length) {
            blocks = Arrays.copyOf(blocks, Math.max(8, 2 * blockCount));
        }
        blocks[blockCount++] = block;
    }

    void replaceBlock(int index, int block) {
        blocks[index] = block;
    }

    /** Starts with the rows of {@code cached} tokens, whose blocks were added. */
    void admit(int cached, int weightsEpoch, PrefixCache.@Nullable Entry last) {
        committed = cached;
        epoch = weightsEpoch;
        prefix = last;
        if (!admittedBefore) {
            cachedTokens = cached;
            admittedBefore = true;
        }
    }

    void follow(PrefixCache.Entry entry) {
        prefix = entry;
    }

    /** Forgets its rows; its blocks were released. */
    void forget() {
        committed = 0;
        blockCount = 0;
        prefix = null;
    }
}
