package dev.cachalot.train;

import dev.cachalot.model.Attention;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderLayer;
import dev.cachalot.model.FeedForward;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.GroupedQueryAttention;
import dev.cachalot.model.Linear;
import dev.cachalot.model.Mla;
import dev.cachalot.model.Moe;
import dev.cachalot.model.NextTokenBlock;
import dev.cachalot.model.RmsNorm;
import dev.cachalot.model.SwiGlu;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.Optional;

/**
 * The backward pass of a decoder, by hand, layer by layer in reverse: adds the gradient of every
 * parameter. Takes the records of a traced forward; the choice of experts is held fixed.
 */
final class Backward {
    private final Decoder decoder;
    private final Kernels kernels;
    private final Gradients gradients;

    /**
     * @param parameters [1, N] F32: all trained parameters of the decoder are views on it
     * @param gradients [1, N] F32, where gradients are added
     */
    Backward(Decoder decoder, Kernels kernels, Tensor parameters, Tensor gradients) {
        this.decoder = decoder;
        this.kernels = kernels;
        this.gradients = new Gradients(kernels, parameters, gradients);
    }

    /**
     * Adds the gradients of a batch.
     *
     * @param trace of the forward, and of the next-token block after it if {@code dNextLogits} is
     *     present; consumed
     * @param dLogits gradient of the forward's logits, [L, V]
     * @param dNextLogits gradient of the next-token block's logits
     */
    void run(
            ForwardBatch batch,
            ForwardTrace trace,
            Tensor dLogits,
            Optional<Tensor> dNextLogits,
            Workspace workspace) {
        Step step = new Step(gradients, kernels, trace, batch, workspace);
        Workspace.Mark mark = workspace.mark();
        Tensor dHidden = workspace.zeros(batch.rows(), decoder.config().hiddenSize()); // [T, D]
        dNextLogits.ifPresent(
                dNext ->
                        nextTokenBlock(
                                step, decoder.nextTokenBlock().orElseThrow(), dNext, dHidden));
        Decoder.Trace end = trace.takeLast(Decoder.Trace.class);
        head(step, decoder.norm(), end.scored(), end.normed(), dLogits, batch.logitRows(), dHidden);
        for (DecoderLayer layer : decoder.layers().reversed()) {
            layer(step, layer, dHidden);
        }
        kernels.addEmbedGradients(batch.ids(), dHidden, gradients.of(decoder.embedding()));
        workspace.release(mark);
    }

    /** One pass's means. */
    record Step(
            Gradients gradients,
            Kernels kernels,
            ForwardTrace trace,
            ForwardBatch batch,
            Workspace workspace) {
        <T> T take(Class<T> type) {
            return trace.takeLast(type);
        }
    }

    /** Final norm and output head: adds to the rows of dHidden that have logits. */
    private void head(
            Step step,
            RmsNorm norm,
            Tensor scored,
            Tensor normed,
            Tensor dLogits,
            int[] rows,
            Tensor dHidden) {
        Workspace.Mark mark = step.workspace().mark();
        Tensor dNormed = step.workspace().zeros(rows.length, dHidden.width());
        gradients.linear(decoder.head(), normed, dLogits, dNormed);
        Tensor dScored = step.workspace().zeros(rows.length, dHidden.width());
        gradients.norm(norm, scored, dNormed, dScored);
        kernels.scatterAdd(dScored, rows, dHidden);
        step.workspace().release(mark);
    }

    private void nextTokenBlock(Step step, NextTokenBlock block, Tensor dLogits, Tensor dHidden) {
        Workspace workspace = step.workspace();
        Workspace.Mark mark = workspace.mark();
        NextTokenBlock.Trace trace = step.take(NextTokenBlock.Trace.class);
        int width = dHidden.width();
        Tensor dStream = workspace.zeros(dHidden.rows(), width); // [T, D]
        head(step, block.norm(), trace.scored(), trace.normed(), dLogits, trace.rows(), dStream);
        layer(step, block.layer(), dStream);
        Tensor dJoined = workspace.zeros(dHidden.rows(), 2L * width); // [T, 2 D]
        gradients.linear(block.project(), trace.joined(), dStream, dJoined);
        Tensor dEmbedded = workspace.zeros(dHidden.rows(), width); // [T, D]
        gradients.norm(
                block.embeddingNorm(), trace.embedded(), dJoined.columns(0, width), dEmbedded);
        kernels.addEmbedGradients(trace.nextIds(), dEmbedded, gradients.of(decoder.embedding()));
        gradients.norm(block.hiddenNorm(), trace.hidden(), dJoined.columns(width, width), dHidden);
        workspace.release(mark);
    }

    /**
     * Turns the gradient of the residual stream after a layer into the one before it, in place: [T,
     * D].
     */
    private void layer(Step step, DecoderLayer layer, Tensor dStream) {
        Workspace.Mark mark = step.workspace().mark();
        DecoderLayer.Trace trace = step.take(DecoderLayer.Trace.class);
        Tensor dNormed = step.workspace().zeros(dStream.rows(), dStream.width());
        feedForward(step, layer.feedForward(), dStream, dNormed);
        gradients.norm(layer.postAttentionNorm(), trace.middle(), dNormed, dStream);
        dNormed.clear();
        attention(step, layer.attention(), dStream, dNormed);
        gradients.norm(layer.inputNorm(), trace.input(), dNormed, dStream);
        step.workspace().release(mark);
    }

    private static void attention(Step step, Attention attention, Tensor dy, Tensor dx) {
        switch (attention) {
            case Mla mla -> MlaBackward.run(step, mla, dy, dx);
            case GroupedQueryAttention _ ->
                    throw new UnsupportedModelException(
                            "training is for multi-head latent attention; this model has"
                                    + " grouped-query attention");
        }
    }

    private static void feedForward(Step step, FeedForward feedForward, Tensor dy, Tensor dx) {
        switch (feedForward) {
            case SwiGlu dense -> swiGlu(step, dense, dy, dx);
            case Moe moe -> MoeBackward.run(step, moe, dy, dx);
        }
    }

    /** Adds to dX. */
    static void swiGlu(Step step, SwiGlu layer, Tensor dy, Tensor dx) {
        Workspace.Mark mark = step.workspace().mark();
        SwiGlu.Trace trace = step.take(SwiGlu.Trace.class);
        Linear down = layer.down();
        Tensor dActivated = step.workspace().zeros(dy.rows(), down.weight().inputs()); // [T, F]
        step.gradients().linear(down, trace.activated(), dy, dActivated);
        Tensor dGate = step.workspace().floats(dy.rows(), dActivated.width());
        Tensor dUp = step.workspace().floats(dy.rows(), dActivated.width());
        step.kernels().swiGluGradients(trace.gate(), trace.up(), dActivated, dGate, dUp);
        step.gradients().linear(layer.gate(), trace.x(), dGate, dx);
        step.gradients().linear(layer.up(), trace.x(), dUp, dx);
        step.workspace().release(mark);
    }
}
