package dev.cachalot.engine;

import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/** Computes a plan and chooses tokens; changes no sequence. Owned by the engine thread. */
final class Step {
    private static final System.Logger LOG = System.getLogger(Step.class.getName());

    private final Forward forward;
    private final PagedCache cache;
    private final Pass pass;
    private final Sampler sampler;

    Step(Forward forward, PagedCache cache, Pass pass, int vocabSize) {
        this.forward = forward;
        this.cache = cache;
        this.pass = pass;
        this.sampler = new Sampler(vocabSize);
    }

    /**
     * One outcome a chunk, by its index. A failure breaks the plan's sequences, not the engine.
     *
     * @param blocks leading blocks of the cache that the plan may use
     */
    List<Outcome> run(Plan plan, int blocks) {
        if (plan.isEmpty()) {
            return List.of();
        }
        Workspace workspace = pass.workspace();
        Workspace.Mark mark = workspace.mark();
        try {
            cache.grow(blocks);
            return choose(plan, forward.logits(plan.batch(), cache, pass));
        } catch (RuntimeException | Error failure) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a step over " + plan.sequences().size() + " sequences failed",
                    failure);
            Outcome broken =
                    new Outcome.Broken(
                            new ComputationFailedException(
                                    "the computation failed: " + failure, failure));
            return Collections.nCopies(plan.sequences().size(), broken);
        } finally {
            workspace.release(mark);
        }
    }

    private List<Outcome> choose(Plan plan, Tensor logits) {
        Outcome[] outcomes = new Outcome[plan.sequences().size()];
        int[] best = new int[logits.rows()];
        double[] logSumExp = new double[logits.rows()];
        pass.kernels().logSumExp(logits, best, logSumExp);
        for (ForwardBatch.Placed placed : plan.batch().placed()) {
            boolean none = placed.chunk().logits() == ForwardBatch.Logits.NONE;
            outcomes[placed.index()] =
                    none
                            ? new Outcome.Computed()
                            : choose(
                                    plan.sequences().get(placed.index()),
                                    place ->
                                            new Sampler.Row(
                                                    logits, place, best[place], logSumExp[place]),
                                    placed.logitRow());
        }
        forward.guess(plan, outcomes, cache, pass);
        return Arrays.asList(outcomes);
    }

    /**
     * Chooses each token as if it came alone, with the draw of its own place, for as long as the
     * tokens before it are what the draft guessed. A guess x is so accepted with the probability
     * p(x) of plain sampling, and what replaces a wrong one has the distribution p without x: the
     * rejection scheme of Leviathan et al. (arXiv 2211.17192) for a guess that is certain of
     * itself; and the tokens of a seed are the same as without drafts.
     */
    private Outcome choose(Sequence sequence, IntFunction<Sampler.Row> logits, int logitRow) {
        int guesses = sequence.draftLength();
        List<GenerationEvent.Token> chosen = new ArrayList<>(guesses + 1);
        for (int ahead = 0; ahead <= guesses; ahead++) {
            int length = sequence.length() + ahead;
            try {
                GenerationEvent.Token token =
                        sampler.choose(
                                logits.apply(logitRow + ahead),
                                sequence.request().sampling(),
                                sequence.tokens(), // the draft lies behind the known tokens
                                length,
                                sequence.draw(ahead));
                chosen.add(token);
                if (ahead < guesses && token.id() != sequence.tokens()[length]) {
                    break;
                }
            } catch (ComputationFailedException broken) {
                if (ahead > 0) {
                    break; // the tokens before it are good; the next step will say it again
                }
                LOG.log(System.Logger.Level.ERROR, "a token could not be chosen", broken);
                return new Outcome.Broken(broken);
            }
        }
        return new Outcome.Chosen(chosen, Sequence.NO_GUESS);
    }
}
