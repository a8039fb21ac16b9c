package dev.cachalot.model;

import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Mixture of experts (DeepSeek-V2 section 2.2, DeepSeek-V3 section 2.1.2): each token visits the
 * experts that the router chooses, and the shared ones.
 *
 * @param router [E, D], F32
 * @param routerBias [1, E], added to the scores for choosing only; zeros where a model has none
 * @param shared absent for a model without shared experts
 */
public record Moe(
        Linear router,
        Tensor routerBias,
        RouteRule rule,
        List<SwiGlu> experts,
        Optional<SwiGlu> shared)
        implements FeedForward {

    /** What the backward pass needs, and the choice made: ids [T, topK]. */
    public record Trace(
            Tensor x,
            Tensor scores,
            Tensor ids,
            Tensor weights,
            Dispatch dispatch,
            Tensor gathered,
            Tensor gate,
            Tensor up,
            Tensor activated,
            Tensor outputs) {}

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int tokens = x.rows();
        Tensor logits = router.apply(x, kernels, workspace); // [T, E]
        Tensor scores = workspace.floats(tokens, experts.size()); // [T, E]
        Tensor ids = workspace.ints(tokens, rule.topK()); // [T, topK]
        Tensor weights = workspace.floats(tokens, rule.topK()); // [T, topK]
        kernels.route(logits, routerBias, rule, scores, ids, weights);
        Dispatch dispatch = Dispatch.of(ids, experts.size());

        int rows = tokens * rule.topK();
        int width = experts.getFirst().gate().weight().outputs();
        Tensor gathered = workspace.floats(rows, x.width()); // [T * topK, D], grouped by expert
        kernels.gather(x, dispatch.tokens(), gathered);
        if (!pass.trace().isRecording() && areGatedBy(kernels)) {
            return together(x, gathered, dispatch, weights, pass);
        }
        Tensor gated = workspace.floats(rows, width); // [T * topK, F]
        Tensor upper = workspace.floats(rows, width); // [T * topK, F]
        List<Product> first = new ArrayList<>();
        for (int e = 0; e < experts.size(); e++) {
            if (dispatch.count(e) > 0) {
                Tensor mine = dispatch.part(gathered, e);
                first.add(experts.get(e).gate().into(mine, dispatch.part(gated, e)));
                first.add(experts.get(e).up().into(mine, dispatch.part(upper, e)));
            }
        }
        kernels.multiply(first);
        Tensor activated = workspace.floats(rows, width); // [T * topK, F]
        kernels.swiGlu(gated, upper, activated);
        Tensor outputs = workspace.floats(rows, x.width()); // [T * topK, D]
        List<Product> second = new ArrayList<>();
        for (int e = 0; e < experts.size(); e++) {
            if (dispatch.count(e) > 0) {
                second.add(
                        experts.get(e)
                                .down()
                                .into(dispatch.part(activated, e), dispatch.part(outputs, e)));
            }
        }
        kernels.multiply(second);
        pass.trace()
                .record(
                        new Trace(
                                x, scores, ids, weights, dispatch, gathered, gated, upper,
                                activated, outputs));
        Tensor y =
                shared.isPresent()
                        ? shared.get().forward(x, pass)
                        : workspace.zeros(tokens, x.width()); // [T, D]
        kernels.combine(outputs, dispatch.slots(), weights, y);
        return y;
    }

    private boolean areGatedBy(Kernels kernels) {
        return experts.stream().allMatch(each -> each.isGatedBy(kernels))
                && shared.map(each -> each.isGatedBy(kernels)).orElse(true);
    }

    /** Routed and shared experts side by side, in two calls of the kernels. */
    private Tensor together(
            Tensor x, Tensor gathered, Dispatch dispatch, Tensor weights, Pass pass) {
        Workspace workspace = pass.workspace();
        int rows = gathered.rows();
        int width = experts.getFirst().gate().weight().outputs();
        int sharedWidth = shared.map(each -> each.gate().weight().outputs()).orElse(0);
        Tensor activated = workspace.floats(rows, width); // [T * topK, F]
        Tensor sharedActivated = workspace.floats(x.rows(), Math.max(1, sharedWidth)); // [T, S]
        List<GatedProduct> first = new ArrayList<>();
        for (int e = 0; e < experts.size(); e++) {
            if (dispatch.count(e) > 0) {
                Tensor mine = dispatch.part(gathered, e);
                first.add(experts.get(e).into(mine, dispatch.part(activated, e)));
            }
        }
        shared.ifPresent(each -> first.add(each.into(x, sharedActivated)));
        pass.kernels().multiplyGated(first);
        Tensor outputs = workspace.floats(rows, x.width()); // [T * topK, D]
        Tensor y =
                shared.isPresent()
                        ? workspace.floats(x.rows(), x.width())
                        : workspace.zeros(x.rows(), x.width()); // [T, D]
        List<Product> second = new ArrayList<>();
        for (int e = 0; e < experts.size(); e++) {
            if (dispatch.count(e) > 0) {
                Tensor mine = dispatch.part(activated, e);
                second.add(experts.get(e).down().into(mine, dispatch.part(outputs, e)));
            }
        }
        shared.ifPresent(each -> second.add(each.down().into(sharedActivated, y)));
        pass.kernels().multiply(second);
        pass.kernels().combine(outputs, dispatch.slots(), weights, y);
        return y;
    }
}
