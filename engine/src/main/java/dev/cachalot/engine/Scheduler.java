package dev.cachalot.engine;

import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardBatch.Chunk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Decides what the next step computes, and applies what a step gave. {@link #plan} changes nothing;
 * {@link #commit} is the only place where sequences change. Owned by the engine thread.
 *
 * <p>Running sequences are always the oldest ones: admission is in order of arrival, and when
 * blocks run out the youngest is preempted. So the oldest always gets on, and every request ends.
 */
final class Scheduler {
    /** Rows of a step, but for one chunk of a prompt that is always allowed. */
    static final int TOKEN_BUDGET = Sequence.LONGEST_CHUNK;

    /** As above, while sequences generate: their next tokens wait for the step. */
    static final int SHORT_BUDGET = 2 * Sequence.CHUNK_TOKENS;

    private final EngineConfig config;
    private final Semaphore queue; // places for requests that were never admitted
    private final BlockPool pool;
    private final PrefixCache prefixes;
    private final Drafting drafting;
    private final List<Sequence> running = new ArrayList<>(); // by arrival
    private final Deque<Sequence> waiting = new ArrayDeque<>(); // by arrival; all younger
    private int epoch; // of the weights
    private long promptTokens;
    private long cachedTokens;
    private long completionTokens;
    private long preemptions;
    private long steps;
    private long drafted;
    private long accepted;

    /**
     * @param queue permits are taken by the submitting threads and given back here
     */
    Scheduler(EngineConfig config, Semaphore queue) {
        this.config = config;
        this.queue = queue;
        this.pool = new BlockPool(config.blocks());
        this.prefixes = new PrefixCache(pool);
        this.drafting = new Drafting(config.speculation());
    }

    /**
     * The next step: one token of every sequence that generates, and its draft, then chunks of
     * prompts within the token budget, the oldest first. Chunks are long while there is one prompt
     * only, and short while others wait or generate.
     */
    Plan plan() {
        List<Chunk> chunks = new ArrayList<>();
        List<Sequence> sequences = new ArrayList<>();
        List<Chunk> longer = new ArrayList<>();
        List<Sequence> longerSequences = new ArrayList<>();
        int rows = 0;
        boolean isAlone = running.size() == 1;
        int most = isAlone ? Sequence.LONGEST_CHUNK : Sequence.CHUNK_TOKENS;
        for (Sequence sequence : running) {
            Chunk chunk = sequence.nextChunk(most);
            if (chunk.ids().length == 1 || sequence.draftLength() > 0) {
                chunks.add(chunk);
                sequences.add(sequence);
                rows += chunk.ids().length;
            } else {
                longer.add(chunk);
                longerSequences.add(sequence);
            }
        }
        int budget = chunks.isEmpty() ? TOKEN_BUDGET : SHORT_BUDGET;
        for (int i = 0; i < longer.size(); i++) {
            rows += longer.get(i).ids().length;
            if (i > 0 && rows > budget) {
                break;
            }
            chunks.add(longer.get(i));
            sequences.add(longerSequences.get(i));
        }
        return sequences.isEmpty() ? Plan.NOTHING : new Plan(ForwardBatch.of(chunks), sequences);
    }

    /**
     * Takes over what happened since the last commit: outcomes of the plan's chunks (by their
     * index), new sequences, closed streams, changed weights; then gives blocks and drafts for the
     * next plan.
     *
     * @param weightsEpoch another number than before drops the prefix cache
     */
    void commit(Plan plan, List<Outcome> outcomes, List<Sequence> arrivals, int weightsEpoch) {
        if (epoch != weightsEpoch) {
            epoch = weightsEpoch;
            prefixes.clear();
        }
        for (ForwardBatch.Placed placed : plan.batch().placed()) {
            apply(
                    plan.sequences().get(placed.index()),
                    placed.chunk(),
                    outcomes.get(placed.index()));
        }
        steps += plan.isEmpty() ? 0 : 1;
        waiting.addAll(arrivals);
        for (Sequence sequence : everySequence()) {
            if (sequence.stream().isCancelled()) {
                finish(sequence, FinishReason.CANCELLED);
            }
        }
        giveBlocks();
        admit();
        giveDrafts();
    }

    /** Ends every sequence, and forgets the prefix cache. */
    void commitStop(GenerationException cause) {
        List<Sequence> all = everySequence();
        for (Sequence sequence : all) { // readers first, whatever state the blocks are in
            sequence.stream().push(new GenerationEvent.Failed(cause));
        }
        all.forEach(this::leave);
        prefixes.clear();
    }

    boolean isIdle() {
        return running.isEmpty() && waiting.isEmpty();
    }

    /** Blocks of a running sequence. */
    int[] blockTable(int number) {
        for (Sequence sequence : running) {
            if (sequence.number() == number) {
                return sequence.blockTable();
            }
        }
        throw new IllegalStateException("sequence " + number + " is not running");
    }

    BlockPool pool() {
        return pool;
    }

    EngineStats stats() {
        return new EngineStats(
                running.size(),
                waiting.size(),
                pool.total(),
                pool.used(),
                prefixes.blocks(),
                promptTokens,
                cachedTokens,
                completionTokens,
                preemptions,
                steps,
                drafted,
                accepted);
    }

    private List<Sequence> everySequence() {
        List<Sequence> all = new ArrayList<>(running);
        all.addAll(waiting);
        return all;
    }

    private void apply(Sequence sequence, Chunk chunk, Outcome outcome) {
        switch (outcome) {
            case Outcome.Computed _ -> advance(sequence, chunk.ids().length);
            case Outcome.Chosen chosen -> {
                int wrong = sequence.draftLength() - (chosen.tokens().size() - 1);
                endDraft(sequence, wrong);
                advance(sequence, chunk.ids().length - wrong); // wrong guesses' rows are void
                choose(sequence, chosen);
            }
            case Outcome.Broken(GenerationException cause) ->
                    end(sequence, new GenerationEvent.Failed(cause));
        }
    }

    private void endDraft(Sequence sequence, int wrong) {
        int length = sequence.draftLength();
        if (length > 0) {
            sequence.endDraft(length - wrong);
            drafted += length;
            accepted += length - wrong;
        }
    }

    private void advance(Sequence sequence, int rows) {
        sequence.advance(rows);
        int last = Math.min(sequence.committed(), sequence.promptTokens());
        int end = (sequence.committed() - rows) / Sequence.CHUNK_TOKENS * Sequence.CHUNK_TOKENS;
        for (end += Sequence.CHUNK_TOKENS; end <= last; end += Sequence.CHUNK_TOKENS) {
            if (sequence.epoch() == epoch) {
                keepPrefix(sequence, end);
            }
        }
    }

    /**
     * Enters the whole piece of the prompt that ends at {@code end}. Where another sequence was
     * faster, its blocks take the place of these: they hold the same bits, and so whoever holds an
     * entry's blocks holds those of all entries before it.
     */
    private void keepPrefix(Sequence sequence, int end) {
        int perChunk = Sequence.CHUNK_TOKENS / config.blockSize();
        int firstBlock = end / config.blockSize() - perChunk;
        int[] blocks = Arrays.copyOfRange(sequence.blockTable(), firstBlock, firstBlock + perChunk);
        PrefixCache.Entry entry =
                prefixes.insert(sequence.prefix(), sequence.tokens(), end, blocks);
        for (int i = 0; i < perChunk; i++) {
            int shared = entry.blocks()[i];
            if (shared != blocks[i]) {
                pool.retain(shared);
                sequence.replaceBlock(firstBlock + i, shared);
                pool.release(blocks[i]);
            }
        }
        sequence.follow(entry);
    }

    private void choose(Sequence sequence, Outcome.Chosen chosen) {
        for (GenerationEvent.Token token : chosen.tokens()) {
            if (sequence.request().stopIds().contains(token.id())) {
                finish(sequence, FinishReason.STOP);
                return;
            }
            sequence.append(token.id());
            completionTokens++;
            sequence.stream().push(token);
            if (sequence.completionTokens() == sequence.request().maxNewTokens()
                    || sequence.length() == config.longestSequence()) {
                finish(sequence, FinishReason.LENGTH);
                return;
            }
        }
        sequence.guess(chosen.guess());
        while (sequence.blockCount() > blocksFor(sequence.length())) {
            pool.release(sequence.removeBlock()); // was for guesses only
        }
    }

    private void finish(Sequence sequence, FinishReason reason) {
        end(sequence, new GenerationEvent.Finished(reason, sequence.usage()));
    }

    private void end(Sequence sequence, GenerationEvent last) {
        leave(sequence);
        sequence.stream().push(last);
    }

    private void leave(Sequence sequence) {
        if (!running.remove(sequence)) {
            waiting.remove(sequence);
        }
        if (!sequence.wasAdmittedBefore()) {
            queue.release();
        }
        releaseBlocks(sequence);
    }

    private void releaseBlocks(Sequence sequence) {
        for (int i = 0; i < sequence.blockCount(); i++) {
            pool.release(sequence.block(i));
        }
        sequence.forget();
    }

    /** Room for all known tokens of the running sequences, the oldest first. */
    private void giveBlocks() {
        for (int i = 0; i < running.size(); i++) {
            Sequence sequence = running.get(i);
            while (i < running.size() && !giveBlocks(sequence)) {
                preempt(); // in the end the sequence itself
            }
        }
    }

    private boolean giveBlocks(Sequence sequence) {
        while (sequence.blockCount() < blocksFor(sequence.length())) {
            if (pool.free() == 0 && !prefixes.evict()) {
                return false;
            }
            sequence.addBlock(pool.acquire());
        }
        return true;
    }

    /** Drafts where there is room: they push nobody out, not even a kept prompt. */
    private void giveDrafts() {
        int generating = 0;
        for (Sequence sequence : running) {
            generating += sequence.isGenerating() ? 1 : 0;
        }
        int most = drafting.most(generating);
        for (int i = 0; most > 0 && i < running.size(); i++) {
            Sequence sequence = running.get(i);
            if (sequence.isGenerating()) {
                drafting.draft(sequence, Math.min(most, roomFor(sequence)));
                while (sequence.blockCount()
                        < blocksFor(sequence.length() + sequence.draftLength())) {
                    sequence.addBlock(pool.acquire());
                }
            }
        }
    }

    /** Most guesses that can be used: each, and the token after them, counts as given out. */
    private int roomFor(Sequence sequence) {
        int wanted = sequence.request().maxNewTokens() - sequence.completionTokens() - 1;
        int context = config.longestSequence() - sequence.length() - 1;
        int blocks = Math.min(sequence.blockCount() + pool.free(), config.blocks());
        int memory = blocks * config.blockSize() - sequence.length();
        return Math.min(wanted, Math.min(context, memory));
    }

    private void preempt() {
        Sequence youngest = running.removeLast();
        releaseBlocks(youngest);
        waiting.addFirst(youngest);
        preemptions++;
    }

    /** Lets sequences in while there is room for all their tokens, and a block to grow for each. */
    private void admit() {
        while (!waiting.isEmpty() && running.size() < config.maxSequences()) {
            Sequence sequence = waiting.getFirst();
            int limit = Math.min(sequence.promptTokens(), sequence.length() - 1);
            List<PrefixCache.Entry> known = prefixes.match(sequence.tokens(), limit);
            for (PrefixCache.Entry entry : known) {
                for (int block : entry.blocks()) {
                    pool.retain(block);
                    sequence.addBlock(block);
                }
            }
            int missing = blocksFor(sequence.length()) - sequence.blockCount();
            if (missing + running.size() > pool.free() + prefixes.evictable()) {
                releaseBlocks(sequence);
                return;
            }
            if (!giveBlocks(sequence)) {
                throw new IllegalStateException("eviction freed less than it said");
            }
            waiting.removeFirst();
            running.add(sequence);
            enter(sequence, known);
        }
    }

    private void enter(Sequence sequence, List<PrefixCache.Entry> known) {
        int cached = known.size() * Sequence.CHUNK_TOKENS;
        PrefixCache.@Nullable Entry last = known.isEmpty() ? null : known.getLast();
        if (!sequence.wasAdmittedBefore()) {
            queue.release();
            promptTokens += sequence.promptTokens();
            cachedTokens += cached;
        }
        sequence.admit(cached, epoch, last);
    }

    private int blocksFor(int tokens) {
        return Math.ceilDiv(tokens, config.blockSize());
    }
}
