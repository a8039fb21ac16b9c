package dev.cachalot.train;

import dev.cachalot.model.Dispatch;
import dev.cachalot.model.Linear;
import dev.cachalot.model.Moe;
import dev.cachalot.model.SwiGlu;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Backward of a mixture of experts; the correction bias only chooses and has no gradient. */
final class MoeBackward {

    /** Adds to dX [T, D]. */
    static void run(Backward.Step step, Moe moe, Tensor dy, Tensor dx) {
        Kernels kernels = step.kernels();
        Workspace workspace = step.workspace();
        moe.shared().ifPresent(shared -> Backward.swiGlu(step, shared, dy, dx));
        Workspace.Mark mark = workspace.mark();
        Moe.Trace trace = step.take(Moe.Trace.class);
        Dispatch dispatch = trace.dispatch();
        int rows = trace.outputs().rows();
        int width = trace.activated().width();

        Tensor dOutputs = workspace.floats(rows, dy.width()); // [T * topK, D]
        Tensor dWeights = workspace.floats(dy.rows(), moe.rule().topK()); // [T, topK]
        kernels.combineGradients(
                trace.outputs(), dispatch.slots(), trace.weights(), dy, dOutputs, dWeights);

        Tensor dActivated = workspace.zeros(rows, width); // [T * topK, F]
        experts(step, moe, dispatch, SwiGlu::down, trace.activated(), dOutputs, dActivated);
        Tensor dGate = workspace.floats(rows, width);
        Tensor dUp = workspace.floats(rows, width);
        kernels.swiGluGradients(trace.gate(), trace.up(), dActivated, dGate, dUp);
        Tensor dGathered = workspace.zeros(rows, dx.width()); // [T * topK, D]
        experts(step, moe, dispatch, SwiGlu::gate, trace.gathered(), dGate, dGathered);
        experts(step, moe, dispatch, SwiGlu::up, trace.gathered(), dUp, dGathered);
        kernels.scatterAdd(dGathered, dispatch.tokens(), dx);

        Tensor dLogits = workspace.floats(dy.rows(), moe.experts().size()); // [T, E]
        kernels.routeGradients(trace.scores(), trace.ids(), dWeights, moe.rule(), dLogits);
        step.gradients().linear(moe.router(), trace.x(), dLogits, dx);
        workspace.release(mark);
    }

    /** One projection of all experts: adds to the grouped dX and to the weights' gradients. */
    private static void experts(
            Backward.Step step,
            Moe moe,
            Dispatch dispatch,
            Function<SwiGlu, Linear> projection,
            Tensor x,
            Tensor dy,
            Tensor dx) {
        List<Product> inputs = new ArrayList<>();
        List<WeightGradient> weights = new ArrayList<>();
        for (int e = 0; e < moe.experts().size(); e++) {
            if (dispatch.count(e) > 0) {
                Linear linear = projection.apply(moe.experts().get(e));
                Tensor mine = dispatch.part(dy, e);
                inputs.add(new Product(dispatch.part(dx, e), linear.weight(), mine));
                weights.add(step.gradients().weight(linear, dispatch.part(x, e), mine));
            }
        }
        step.kernels().addInputGradients(inputs);
        step.kernels().addWeightGradients(weights);
    }

    private MoeBackward() {}
}
