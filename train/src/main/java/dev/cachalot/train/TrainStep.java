package dev.cachalot.train;

import dev.cachalot.model.Decoder;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One update of a decoder: forward and backward of every micro-batch, clipping, AdamW, and the
 * balance of expert loads. The same numbers to the bit on any number of threads.
 */
final class TrainStep {

    /**
     * What a step saw before it moved the parameters.
     *
     * @param loss mean cross-entropy of the step's scored tokens, in nats
     * @param nextTokenLoss that of the multi-token-prediction block; 0 without one
     * @param accuracy share of scored tokens that were the most likely ones
     * @param gradientNorm before clipping
     * @param expertLoads a layer each
     */
    record Result(
            double loss,
            double nextTokenLoss,
            double accuracy,
            double gradientNorm,
            List<ExpertLoads.Spread> expertLoads) {}

    private final Decoder decoder;
    private final Optimizer optimizer;
    private final OptimizerRecipe numbers;
    private final Kernels kernels;
    private final Tensor gradients; // [1, N], in the layout of the parameters
    private final Backward backward;
    private final ExpertLoads loads;

    /**
     * @param decoder its parameters are the given ones
     * @param memory for the gradients; must outlive this
     */
    TrainStep(
            Decoder decoder,
            Parameters parameters,
            Optimizer optimizer,
            OptimizerRecipe numbers,
            Kernels kernels,
            Workspace memory) {
        this.decoder = decoder;
        this.optimizer = optimizer;
        this.numbers = numbers;
        this.kernels = kernels;
        gradients = memory.zeros(1, parameters.values().width());
        backward = new Backward(decoder, kernels, parameters.values(), gradients);
        loads = new ExpertLoads(decoder);
    }

    /**
     * Runs one step.
     *
     * @param step from 1
     * @throws DivergedException if the loss or the gradient is not a number; the parameters have
     *     not moved then
     */
    Result run(List<MicroBatch> microBatches, long step, double learningRate, Workspace workspace) {
        boolean withNext = decoder.nextTokenBlock().isPresent() && numbers.nextTokenWeight() > 0;
        long targets = microBatches.stream().mapToLong(micro -> micro.targets().length).sum();
        long nextTargets =
                microBatches.stream().mapToLong(micro -> micro.nextTargets().length).sum();
        gradients.clear();
        loads.clear();
        double loss = 0;
        double nextLoss = 0;
        long right = 0;
        for (MicroBatch micro : microBatches) {
            Workspace.Mark mark = workspace.mark();
            Losses.Forward forward = Losses.forward(decoder, micro, withNext, kernels, workspace);
            loads.count(forward.trace());
            Losses.Score score =
                    Losses.score(forward.logits(), micro.targets(), kernels, workspace);
            loss += score.loss();
            right += score.rightCount();
            toGradient(forward.logits(), micro.targets(), 1.0 / targets);
            Optional<Tensor> next = forward.nextLogits();
            if (next.isPresent()) {
                nextLoss +=
                        Losses.score(next.get(), micro.nextTargets(), kernels, workspace).loss();
                toGradient(
                        next.get(), micro.nextTargets(), numbers.nextTokenWeight() / nextTargets);
            }
            backward.run(micro.batch(), forward.trace(), forward.logits(), next, workspace);
            workspace.release(mark);
        }
        double mean = loss / targets;
        if (!Double.isFinite(mean)) {
            throw new DivergedException(
                    "step "
                            + step
                            + ": the loss is "
                            + mean
                            + "; the run diverged, try a lower 'peak-learning-rate' or more 'warmup-steps'");
        }
        double norm = optimizer.update(gradients, step, learningRate, kernels);
        if (numbers.balanceSpeed() > 0) {
            loads.balance((float) numbers.balanceSpeed());
        }
        decoder.refresh(kernels);
        return new Result(
                mean,
                withNext && nextTargets > 0 ? nextLoss / nextTargets : 0,
                (double) right / targets,
                norm,
                loads.spreads());
    }

    /** Turns logits into the gradient of their mean loss, in place. */
    private void toGradient(Tensor logits, int[] targets, double factor) {
        float[] factors = new float[targets.length];
        Arrays.fill(factors, (float) factor);
        kernels.crossEntropyGradients(logits, targets, factors, logits);
    }
}
