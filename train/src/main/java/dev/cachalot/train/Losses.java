package dev.cachalot.train;

import dev.cachalot.model.Cache;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.Optional;

/** The traced forward of a micro-batch, and how well it predicts. */
final class Losses {

    /**
     * What a forward gave; tensors lie in the workspace.
     *
     * @param nextLogits of the multi-token-prediction block, where it was asked for
     */
    record Forward(ForwardTrace trace, Tensor logits, Optional<Tensor> nextLogits) {}

    /**
     * How well logits predict their targets.
     *
     * @param loss sum of the cross-entropies, in nats
     * @param right for each row, whether the most likely token is the target
     */
    record Score(double loss, boolean[] right) {
        int rightCount() {
            int count = 0;
            for (boolean each : right) {
                count += each ? 1 : 0;
            }
            return count;
        }
    }

    /** Computes a micro-batch, with the multi-token-prediction block if {@code withNext}. */
    static Forward forward(
            Decoder decoder,
            MicroBatch micro,
            boolean withNext,
            Kernels kernels,
            Workspace workspace) {
        ForwardTrace trace = ForwardTrace.recording();
        Pass pass = new Pass(kernels, workspace, trace);
        Decoder.Output output = decoder.forward(micro.batch(), Cache.none(), pass);
        Optional<Tensor> next =
                decoder.nextTokenBlock()
                        .filter(_ -> withNext)
                        .map(
                                block ->
                                        block.forward(
                                                output.hidden(),
                                                micro.nextIds(),
                                                micro.nextRows(),
                                                decoder,
                                                micro.batch(),
                                                Cache.none(),
                                                pass));
        return new Forward(trace, output.logits(), next);
    }

    /** Scores logits; rows are summed in order, in double. */
    static Score score(Tensor logits, int[] targets, Kernels kernels, Workspace workspace) {
        Tensor losses = workspace.floats(targets.length, 1);
        int[] predictions = new int[targets.length];
        kernels.crossEntropy(logits, targets, losses, predictions);
        double sum = 0;
        boolean[] right = new boolean[targets.length];
        for (int i = 0; i < targets.length; i++) {
            sum += losses.get(i, 0);
            right[i] = predictions[i] == targets[i];
        }
        return new Score(sum, right);
    }

    private Losses() {}
}
