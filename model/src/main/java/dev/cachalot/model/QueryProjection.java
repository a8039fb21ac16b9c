package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.List;

/** How queries come from the hidden state: directly, or through a compressed latent. */
public sealed interface QueryProjection {

    /** One projection: V2-Lite. */
    record Direct(Linear project) implements QueryProjection {}

    /** Down, norm, up: V2, V3. */
    record LowRank(Linear down, RmsNorm norm, Linear up) implements QueryProjection {}

    /**
     * What the backward pass needs of a compressed query; empty tensors are never stored for a
     * direct one.
     */
    record LowRankTrace(Tensor compressed, Tensor normed) {}

    /**
     * [T, D] to [T, H * qkHeadDim].
     *
     * @param beside another product of x, computed in the same call of the kernels
     */
    default Tensor apply(
            Tensor x, Product beside, Kernels kernels, Workspace workspace, ForwardTrace trace) {
        return switch (this) {
            case Direct(Linear project) -> {
                Tensor q = workspace.floats(x.rows(), project.weight().outputs());
                kernels.multiply(List.of(project.into(x, q), beside));
                yield q;
            }
            case LowRank(Linear down, RmsNorm norm, Linear up) -> {
                Tensor compressed = workspace.floats(x.rows(), down.weight().outputs());
                kernels.multiply(List.of(down.into(x, compressed), beside)); // [T, qLoraRank]
                Tensor normed = norm.apply(compressed, kernels, workspace); // [T, qLoraRank]
                trace.record(new LowRankTrace(compressed, normed));
                yield up.apply(normed, kernels, workspace);
            }
        };
    }
}
