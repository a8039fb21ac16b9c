package dev.cachalot.engine;

import dev.cachalot.model.Cache;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardBatch.Chunk;
import dev.cachalot.model.ForwardBatch.Logits;
import dev.cachalot.model.NextTokenBlock;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A decoder with its multi-token-prediction block (DeepSeek-V3, arXiv 2412.19437, sections 2.2 and
 * 5.4.3): once the next token is chosen, the block takes it and the hidden state before it, and
 * guesses the token after. Its rows lie in the cache as those of one more layer; the row of a
 * position depends on the token after it, so that the last one of a kept prompt may stem from
 * another's continuation. That can spoil a guess, never an output. Owned by the engine thread.
 */
final class NextTokenGuesses implements Forward {
    private final Decoder decoder;
    private final NextTokenBlock block;
    private @Nullable Tensor hidden; // of the last forward, while its workspace lasts

    NextTokenGuesses(Decoder decoder, NextTokenBlock block) {
        this.decoder = decoder;
        this.block = block;
    }

    @Override
    public Tensor logits(ForwardBatch batch, Cache cache, Pass pass) {
        Decoder.Output output = decoder.forward(batch, cache, pass);
        hidden = output.hidden();
        return output.logits();
    }

    @Override
    public void guess(Plan plan, Outcome[] outcomes, Cache cache, Pass pass) {
        Tensor all = hidden;
        hidden = null;
        List<Chunk> chunks = new ArrayList<>(); // each token's place has the one after it
        List<Integer> indices = new ArrayList<>(); // in the plan
        int[] rows = new int[plan.batch().rows()];
        int count = 0;
        boolean wanted = plan.sequences().size() <= Drafting.ROWS / 2;
        for (ForwardBatch.Placed placed : plan.batch().placed()) {
            Sequence sequence = plan.sequences().get(placed.index());
            Chunk chunk = placed.chunk();
            Outcome outcome = outcomes[placed.index()];
            int valid = validRows(chunk, sequence, outcome);
            if (valid > 0) {
                boolean asked =
                        wanted
                                && outcome instanceof Outcome.Chosen
                                && sequence.blockPace().most() > 0;
                chunks.add(
                        new Chunk(
                                chunk.sequence(),
                                nextIds(chunk, valid, sequence, outcome),
                                chunk.firstPosition(),
                                chunk.form(),
                                asked ? Logits.LAST : Logits.NONE));
                indices.add(placed.index());
                for (int i = 0; i < valid; i++) {
                    rows[count++] = placed.row() + i;
                }
            }
        }
        if (all == null || count == 0) {
            return;
        }
        Tensor before = all; // [T, D]
        if (count < rows.length) { // without the rows of wrong guesses
            before = pass.workspace().floats(count, all.width());
            pass.kernels().gather(all, Arrays.copyOf(rows, count), before);
        }
        ForwardBatch batch = ForwardBatch.of(chunks);
        Tensor logits =
                block.forward(before, batch.ids(), batch.logitRows(), decoder, batch, cache, pass);
        int[] best = new int[logits.rows()];
        pass.kernels().logSumExp(logits, best, new double[best.length]);
        for (ForwardBatch.Placed placed : batch.placed()) {
            int index = indices.get(placed.index());
            if (placed.chunk().logits() == Logits.LAST
                    && outcomes[index] instanceof Outcome.Chosen chosen) {
                outcomes[index] = new Outcome.Chosen(chosen.tokens(), best[placed.logitRow()]);
            }
        }
    }

    private static int validRows(Chunk chunk, Sequence sequence, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Computed _ -> chunk.ids().length;
            case Outcome.Chosen chosen ->
                    chunk.ids().length - sequence.draftLength() + chosen.tokens().size() - 1;
            case Outcome.Broken _ -> 0;
        };
    }

    /** The token after each of the chunk's first {@code count}. */
    private static int[] nextIds(Chunk chunk, int count, Sequence sequence, Outcome outcome) {
        int[] next = Arrays.copyOfRange(chunk.ids(), 1, count + 1);
        next[count - 1] =
                outcome instanceof Outcome.Chosen chosen
                        ? chosen.tokens().getLast().id()
                        : sequence.tokens()[chunk.firstPosition() + count];
        return next;
    }
}
