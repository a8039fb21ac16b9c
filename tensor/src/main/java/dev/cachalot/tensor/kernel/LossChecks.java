package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Tensor;

/** Doors of the losses and of the optimizer. */
final class LossChecks {

    static void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions) {
        targets(logits, targets);
        Checks.matrix("losses", losses, logits.rows(), 1);
        Checks.length("predictions", predictions.length, logits.rows());
    }

    static void crossEntropyGradients(
            Tensor logits, int[] targets, float[] factors, Tensor dLogits) {
        targets(logits, targets);
        Checks.length("factors", factors.length, logits.rows());
        Checks.alike("dLogits", dLogits, "logits", logits);
    }

    static void logSumExp(Tensor logits, int[] best, double[] logSumExp) {
        Checks.floats("logits", logits);
        Checks.length("best", best.length, logits.rows());
        Checks.length("logSumExp", logSumExp.length, logits.rows());
    }

    private static void targets(Tensor logits, int[] targets) {
        Checks.floats("logits", logits);
        Checks.length("targets", targets.length, logits.rows());
        for (int t = 0; t < targets.length; t++) {
            if (targets[t] >= logits.width()) {
                throw new IllegalArgumentException(
                        "targets["
                                + t
                                + "] is "
                                + targets[t]
                                + "; expected at most "
                                + (logits.width() - 1)
                                + ", or a negative number for a row without a loss");
            }
        }
    }

    static void sumOfSquares(Tensor x) {
        Checks.floats("x", x);
        Checks.contiguous("x", x);
    }

    static void update(
            Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers) {
        Checks.alike("gradients", gradients, "parameters", parameters);
        Checks.alike("first moment", first, "parameters", parameters);
        Checks.alike("second moment", second, "parameters", parameters);
        Checks.contiguous("parameters", parameters);
        Checks.contiguous("gradients", gradients);
        Checks.contiguous("first moment", first);
        Checks.contiguous("second moment", second);
        if (numbers.step() < 1) {
            throw new IllegalArgumentException(
                    "step is " + numbers.step() + "; updates are numbered from 1");
        }
    }

    private LossChecks() {}
}
