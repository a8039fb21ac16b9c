package dev.cachalot.train;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/**
 * AdamW over all parameters in two sweeps: matrices, which decay, and gains, which do not. Borrows
 * its memory.
 */
final class Optimizer {
    private final Parameters parameters;
    private final OptimizerRecipe numbers;
    private final Tensor first; // [1, N]
    private final Tensor second; // [1, N]

    Optimizer(Parameters parameters, OptimizerRecipe numbers, Workspace memory) {
        this.parameters = parameters;
        this.numbers = numbers;
        first = memory.zeros(1, parameters.values().width());
        second = memory.zeros(1, parameters.values().width());
    }

    /** First moments, in the layout of the parameters: [1, N]. */
    Tensor first() {
        return first;
    }

    /** Second moments: [1, N]. */
    Tensor second() {
        return second;
    }

    /**
     * Moves the parameters by one step.
     *
     * @param gradients [1, N]
     * @param step from 1
     * @return length of the gradient before it is clipped
     * @throws DivergedException if that is not a number
     */
    double update(Tensor gradients, long step, double learningRate, Kernels kernels) {
        double norm = Math.sqrt(kernels.sumOfSquares(gradients));
        if (!Double.isFinite(norm)) {
            throw new DivergedException(
                    "step "
                            + step
                            + ": the gradient's length is "
                            + norm
                            + "; the run diverged, try a lower 'peak-learning-rate' or more 'warmup-steps'");
        }
        double limit = numbers.clipNorm();
        double scale = limit > 0 && norm > limit ? limit / norm : 1;
        int matrices = parameters.matrixElements();
        int rest = gradients.width() - matrices;
        sweep(
                gradients,
                0,
                matrices,
                adamW(learningRate, numbers.weightDecay(), step, scale),
                kernels);
        sweep(gradients, matrices, rest, adamW(learningRate, 0, step, scale), kernels);
        return norm;
    }

    private AdamW adamW(double learningRate, double decay, long step, double scale) {
        return new AdamW(
                learningRate, numbers.beta1(), numbers.beta2(), numbers.eps(), decay, step, scale);
    }

    private void sweep(Tensor gradients, int from, int count, AdamW numbers, Kernels kernels) {
        kernels.update(
                parameters.values().columns(from, count),
                gradients.columns(from, count),
                first.columns(from, count),
                second.columns(from, count),
                numbers);
    }
}
