package dev.cachalot.model;

import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.List;

/** Gated feed-forward (Shazeer, arXiv 2002.05202): {@code down(silu(gate(x)) * up(x))}. */
public record SwiGlu(Linear gate, Linear up, Linear down) implements FeedForward {

    /** What the backward pass needs. */
    public record Trace(Tensor x, Tensor gate, Tensor up, Tensor activated) {}

    @Override
    public Tensor forward(Tensor x, Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int width = gate.weight().outputs();
        if (!pass.trace().isRecording() && isGatedBy(kernels)) {
            Tensor activated = workspace.floats(x.rows(), width); // [T, F]
            kernels.multiplyGated(List.of(into(x, activated)));
            return down.apply(activated, kernels, workspace);
        }
        Tensor gated = workspace.floats(x.rows(), width); // [T, F]
        Tensor upper = workspace.floats(x.rows(), width); // [T, F]
        kernels.multiply(List.of(gate.into(x, gated), up.into(x, upper)));
        Tensor activated = workspace.floats(x.rows(), width); // [T, F]
        kernels.swiGlu(gated, upper, activated);
        pass.trace().record(new Trace(x, gated, upper, activated));
        return down.apply(activated, kernels, workspace);
    }

    /** Whether kernels compute the part before {@link #down} as one product. */
    boolean isGatedBy(Kernels kernels) {
        return kernels.hasGatedProducts(gate.weight(), up.weight());
    }

    /** The part before {@link #down}. */
    GatedProduct into(Tensor x, Tensor activated) {
        return new GatedProduct(x, gate.weight(), up.weight(), activated);
    }
}
