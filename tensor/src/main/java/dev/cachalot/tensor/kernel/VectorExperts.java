package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;

/** The router (rung 1's rows, shared out) and the weighted sum over experts. */
final class VectorExperts {
    private static final long ROUTE_COST = 16; // per expert: exponentials and a choice

    private final WorkerPool pool;

    VectorExperts(WorkerPool pool) {
        this.pool = pool;
    }

    void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights) {
        Split.over(
                pool,
                logits.rows(),
                ROUTE_COST * logits.width(),
                (from, to, _) ->
                        ScalarExperts.route(
                                logits.slice(from, to - from),
                                bias,
                                rule,
                                scores.slice(from, to - from),
                                ids.slice(from, to - from),
                                weights.slice(from, to - from)));
    }

    void routeGradients(
            Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits) {
        Split.over(
                pool,
                scores.rows(),
                ROUTE_COST * scores.width(),
                (from, to, _) ->
                        ScalarExperts.routeGradients(
                                scores.slice(from, to - from),
                                ids.slice(from, to - from),
                                dWeights.slice(from, to - from),
                                rule,
                                dLogits.slice(from, to - from)));
    }

    void combine(Tensor x, int[] slots, Tensor weights, Tensor y) {
        int topK = weights.width();
        Split.over(
                pool,
                y.rows(),
                (long) topK * y.width(),
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        for (int j = 0; j < topK; j++) {
                            Runs.addScaled(
                                    weights.get(t, j),
                                    x.segment(),
                                    slots[t * topK + j] * x.rowBytes(),
                                    y.segment(),
                                    t * y.rowBytes(),
                                    y.width());
                        }
                    }
                });
    }

    void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights) {
        int topK = weights.width();
        int width = dy.width();
        Split.over(
                pool,
                dy.rows(),
                2L * topK * width,
                (from, to, _) -> {
                    for (int t = from; t < to; t++) {
                        long dyAt = t * dy.rowBytes();
                        for (int j = 0; j < topK; j++) {
                            int slot = slots[t * topK + j];
                            double along =
                                    Runs.dot(
                                            dy.segment(),
                                            dyAt,
                                            x.segment(),
                                            slot * x.rowBytes(),
                                            width);
                            dWeights.set(t, j, (float) along);
                            Runs.scaled(
                                    weights.get(t, j),
                                    dy.segment(),
                                    dyAt,
                                    dx.segment(),
                                    slot * dx.rowBytes(),
                                    width);
                        }
                    }
                });
    }
}
