package dev.cachalot.model;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/**
 * Attention and feed-forward, each behind a norm and added to the residual stream; the only place
 * that adds to it.
 */
public record DecoderLayer(
        RmsNorm inputNorm,
        Attention attention,
        RmsNorm postAttentionNorm,
        FeedForward feedForward) {

    /** Inputs of both norms, and what they gave. */
    public record Trace(Tensor input, Tensor middle) {}

    /**
     * The residual stream after this layer: {@code x} itself, or a fresh tensor when the pass is
     * traced.
     *
     * @param x [T, D]
     */
    Tensor forward(Tensor x, int layer, ForwardBatch batch, Cache cache, Pass pass) {
        Workspace workspace = pass.workspace();
        Workspace.Mark mark = workspace.mark();
        Tensor normed = inputNorm.apply(x, pass.kernels(), workspace);
        Tensor middle = sum(x, attention.forward(normed, layer, batch, cache, pass), pass);
        Tensor normedMiddle = postAttentionNorm.apply(middle, pass.kernels(), workspace);
        Tensor y = sum(middle, feedForward.forward(normedMiddle, pass), pass);
        if (pass.trace().isRecording()) {
            pass.trace().record(new Trace(x, middle));
        } else {
            workspace.release(mark);
        }
        return y;
    }

    private static Tensor sum(Tensor stream, Tensor part, Pass pass) {
        if (pass.trace().isRecording()) {
            pass.kernels().add(stream, part);
            return part;
        }
        pass.kernels().add(part, stream);
        return stream;
    }
}
