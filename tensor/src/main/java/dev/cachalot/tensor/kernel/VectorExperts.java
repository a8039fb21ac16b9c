package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;

import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;

/** The router (rung 1's rows, shared out) and the weighted sum over experts. */
final class VectorExperts {
    private static final long ROUTE_COST = 16; // per expert: exponentials and a choice

    private final WorkerPool pool;
    private final Scratch[] scratches;

    VectorExperts(WorkerPool pool, Scratch[] scratches) {
        this.pool = pool;
        this.scratches = scratches;
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
                (from, to, worker) -> {
                    float[] dOut = scratches[worker].floats(0, width + L);
                    float[] in = scratches[worker].floats(1, width + L);
                    Arrays.fill(dOut, width, width + L, 0); // whole vectors
                    Arrays.fill(in, width, width + L, 0);
                    for (int t = from; t < to; t++) {
                        Rows.read(dy, t, 0, width, dOut, 0);
                        for (int j = 0; j < topK; j++) {
                            int slot = slots[t * topK + j];
                            Rows.read(x, slot, 0, width, in, 0);
                            dWeights.set(t, j, (float) Runs.dot(dOut, in, width));
                            Runs.scaled(weights.get(t, j), dOut, in, width);
                            Rows.write(in, 0, width, dx, slot, 0);
                        }
                    }
                });
    }
}
