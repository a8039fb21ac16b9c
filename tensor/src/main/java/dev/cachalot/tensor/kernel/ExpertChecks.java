package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;

/** Doors of the router and of the sum over experts. */
final class ExpertChecks {

    static void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights) {
        Checks.floats("logits", logits);
        rule(rule, logits.width());
        Checks.matrix("bias", bias, 1, logits.width());
        Checks.alike("scores", scores, "logits", logits);
        Checks.dtype("ids", ids, DType.I32);
        Checks.size("ids", ids, logits.rows(), rule.topK());
        Checks.matrix("weights", weights, logits.rows(), rule.topK());
    }

    static void routeGradients(
            Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits) {
        Checks.alike("dLogits", dLogits, "scores", scores);
        rule(rule, scores.width());
        Checks.dtype("ids", ids, DType.I32);
        Checks.size("ids", ids, scores.rows(), rule.topK());
        Checks.matrix("dWeights", dWeights, scores.rows(), rule.topK());
    }

    private static void rule(RouteRule rule, int experts) {
        if (rule.groups() <= 0
                || experts % rule.groups() != 0
                || rule.topGroups() <= 0
                || rule.topGroups() > rule.groups()
                || rule.topK() <= 0
                || rule.topK() > experts / rule.groups() * rule.topGroups()) {
            throw new IllegalArgumentException(
                    rule
                            + " for "
                            + experts
                            + " experts; expected groups of equal size, and topK experts in the"
                            + " topGroups groups that remain");
        }
    }

    static void combine(Tensor x, int[] slots, Tensor weights, Tensor y) {
        Checks.floats("y", y);
        Checks.floats("weights", weights);
        Checks.matrix("weights", weights, y.rows(), weights.width());
        Checks.length("slots", slots.length, Math.multiplyExact(y.rows(), weights.width()));
        Checks.matrix("x", x, slots.length, y.width());
        Checks.indexes("slots", slots, x.rows());
    }

    static void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights) {
        combine(x, slots, weights, dy);
        Checks.alike("dX", dx, "x", x);
        Checks.alike("dWeights", dWeights, "weights", weights);
    }

    private ExpertChecks() {}
}
