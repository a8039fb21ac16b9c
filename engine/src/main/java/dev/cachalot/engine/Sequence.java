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
    /** Prompts are cut at absolute multiples of this many tokens, and kept in such pieces. */
    static final int CHUNK_TOKENS = 256;

    /** Tokens of a prompt that go into one step while nothing else waits. */
    static final int LONGEST_CHUNK = 4 * CHUNK_TOKENS;

    /** Shorter chunks of a prompt are computed in absorbed form. */
    static final int NAIVE_TOKENS = 32;

    /** In place of a token that is not guessed. */
    static final int NO_GUESS = -1;

    private final int number;
    private final GenerationRequest request;
    private final QueuedStream stream;
    private final long seed;
    private final DraftPace lookupPace = new DraftPace();
    private final DraftPace blockPace = new DraftPace();
    private int[] tokens; // prompt, completion and draft; longer than needed
    private int length; // of prompt and completion
    private int draftLength; // guessed tokens behind them
    private DraftPace draftPace = lookupPace; // of what made the draft
    private int guess = NO_GUESS; // of the multi-token-prediction block
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

    /** Tokens of the draft, which lie behind the known ones. */
    int draftLength() {
        return draftLength;
    }

    /** What the multi-token-prediction block takes for the next token, or {@link #NO_GUESS}. */
    int guess() {
        return guess;
    }

    /** For drafts by look-up. */
    DraftPace lookupPace() {
        return lookupPace;
    }

    /** For drafts by the multi-token-prediction block. */
    DraftPace blockPace() {
        return blockPace;
    }

    /** Whether the next step chooses a token that follows a chosen one. */
    boolean isGenerating() {
        return committed == length - 1 && length > promptTokens();
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
     * so that neither batch-mates nor preemption nor drafts change it.
     *
     * @param ahead tokens of the draft before that place
     */
    double draw(int ahead) {
        long place = (long) completionTokens() + ahead;
        return new SplittableRandom(seed + 0x9E3779B97F4A7C15L * place).nextDouble();
    }

    /**
     * The next tokens to compute. The prompt is cut at multiples of {@value #CHUNK_TOKENS} and is
     * naive but for a short rest; what was generated is absorbed, also when it is computed again
     * after a preemption, and so is a draft. Which form a token has depends on the sequence only,
     * and in the naive form it gets the same bits in a chunk of any length.
     *
     * @param most tokens of a chunk of the prompt, a multiple of {@value #CHUNK_TOKENS}
     */
    Chunk nextChunk(int most) {
        if (draftLength > 0) {
            int[] ids = Arrays.copyOfRange(tokens, committed, length + draftLength);
            return new Chunk(number, ids, committed, Form.ABSORBED, Logits.ALL);
        }
        boolean ofPrompt = committed < promptTokens();
        int start = committed / CHUNK_TOKENS * CHUNK_TOKENS;
        int end =
                ofPrompt
                        ? Math.min(start + most, promptTokens())
                        : Math.min(start + CHUNK_TOKENS, length);
        int whole = end / CHUNK_TOKENS * CHUNK_TOKENS;
        if (ofPrompt && whole > committed && end - whole < NAIVE_TOKENS) {
            end = whole;
        }
        Form form = ofPrompt && end - committed >= NAIVE_TOKENS ? Form.NAIVE : Form.ABSORBED;
        return new Chunk(
                number,
                Arrays.copyOfRange(tokens, committed, end),
                committed,
                form,
                end == length ? Logits.LAST : Logits.NONE);
    }

    /** Takes a draft for the next step. */
    void draft(int[] ids, int count, DraftPace pace) {
        reserve(count);
        System.arraycopy(ids, 0, tokens, length, count);
        draftLength = count;
        draftPace = pace;
    }

    /** Ends the draft, of which {@code accepted} guesses were right. */
    void endDraft(int accepted) {
        draftPace.checked(draftLength, accepted);
        draftLength = 0;
    }

    /** Takes a guess of the token after the next to be appended. */
    void guess(int token) {
        guess = token;
    }

    void append(int token) {
        reserve(1);
        tokens[length++] = token;
        lookupPace.given(1);
        blockPace.given(1);
    }

    private void reserve(int count) {
        if (length + count > tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(16, 2 * (length + count)));
        }
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

    /** Takes the last block away. */
    int removeBlock() {
        return blocks[--blockCount];
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
        draftLength = 0;
        guess = NO_GUESS;
        prefix = null;
    }
}
