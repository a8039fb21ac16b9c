package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.cachalot.model.Decoder;
import dev.cachalot.tasks.Split;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A look at problems of the test split during a run: each both with thinking and directly. An
 * example counts as exact when every token of its reply is the most likely one; greedy generation
 * would then write it word for word, so this is a lower bound on what it answers right.
 */
final class HeldOut {

    /** Mean loss a token, and the share of exact replies. */
    @JsonNaming(KebabCaseStrategy.class)
    record Result(
            double thinkingLoss, double thinkingExact, double directLoss, double directExact) {}

    private record Score(double loss, double exact) {}

    private final List<MicroBatch> thinking;
    private final List<MicroBatch> direct;

    HeldOut(Recipe recipe, ChatTemplate template) {
        thinking = batches(recipe, template, 1);
        direct = batches(recipe, template, 0);
    }

    private static List<MicroBatch> batches(
            Recipe recipe, ChatTemplate template, double thinkingShare) {
        DataRecipe data = recipe.data();
        DataRecipe own =
                new DataRecipe(
                        data.source(),
                        data.languages(),
                        data.kinds(),
                        thinkingShare,
                        0,
                        0,
                        data.sequenceLength());
        ProblemExamples examples = new ProblemExamples(own, Split.TEST, ~recipe.seed(), template);
        Packer packer =
                new Packer(
                        examples,
                        new Recipe.BatchRecipe(
                                recipe.batch().microBatchTokens(),
                                recipe.batch().microBatchTokens()),
                        recipe.model().maxPositionEmbeddings());
        List<MicroBatch> batches = new ArrayList<>();
        int wanted = Math.max(1, recipe.report().evalExamples() / 2);
        for (long cursor = 0; cursor < wanted; ) { // the last batch is filled with further ones
            Packer.Step next = packer.next(cursor);
            batches.addAll(next.microBatches());
            cursor = next.cursor();
        }
        return batches;
    }

    /** Scores a decoder. */
    Result evaluate(Decoder decoder, Kernels kernels, Workspace workspace) {
        Score reasoned = score(thinking, decoder, kernels, workspace);
        Score answered = score(direct, decoder, kernels, workspace);
        return new Result(reasoned.loss(), reasoned.exact(), answered.loss(), answered.exact());
    }

    private static Score score(
            List<MicroBatch> batches, Decoder decoder, Kernels kernels, Workspace workspace) {
        double loss = 0;
        long tokens = 0;
        long exact = 0;
        long examples = 0;
        for (MicroBatch micro : batches) {
            Workspace.Mark mark = workspace.mark();
            Losses.Forward forward = Losses.forward(decoder, micro, false, kernels, workspace);
            Losses.Score score =
                    Losses.score(forward.logits(), micro.targets(), kernels, workspace);
            workspace.release(mark);
            loss += score.loss();
            tokens += micro.targets().length;
            boolean[] allRight = new boolean[micro.examples()];
            Arrays.fill(allRight, true);
            for (int i = 0; i < score.right().length; i++) {
                allRight[micro.exampleOf()[i]] &= score.right()[i];
            }
            for (boolean each : allRight) {
                exact += each ? 1 : 0;
            }
            examples += allRight.length;
        }
        return new Score(loss / tokens, (double) exact / examples);
    }
}
