package dev.cachalot.model;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;

/**
 * Multi-token prediction (DeepSeek-V3, arXiv 2412.19437, section 2.2): from a position's hidden
 * state and the next token, one more layer predicts the token after that. Embedding and head are
 * the main model's.
 *
 * @param embeddingNorm on the next token's embedding
 * @param hiddenNorm on the main model's hidden state
 * @param project [D, 2 D]: embedding half first, as in the published weights
 * @param norm before the shared head
 */
public record NextTokenBlock(
        RmsNorm embeddingNorm,
        RmsNorm hiddenNorm,
        Linear project,
        DecoderLayer layer,
        RmsNorm norm) {

    /** What the backward pass needs. */
    public record Trace(
            Tensor hidden,
            int[] nextIds,
            int[] rows,
            Tensor embedded,
            Tensor joined,
            Tensor scored,
            Tensor normed) {}

    /**
     * Logits of the token after next.
     *
     * @param hidden the main model's hidden states, [T, D]
     * @param nextIds token after each row's; any id where a sequence ends
     * @param rows rows that need logits, ascending
     * @return [rows.length, V]
     */
    public Tensor forward(
            Tensor hidden,
            int[] nextIds,
            int[] rows,
            Decoder decoder,
            ForwardBatch batch,
            Cache cache,
            Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int width = hidden.width();
        Tensor embedded = workspace.floats(hidden.rows(), width); // [T, D]
        kernels.embed(decoder.embedding(), nextIds, embedded);
        Tensor joined = workspace.floats(hidden.rows(), 2L * width); // [T, 2 D]
        kernels.rmsNorm(
                embedded, embeddingNorm.gain(), embeddingNorm.eps(), joined.columns(0, width));
        kernels.rmsNorm(hidden, hiddenNorm.gain(), hiddenNorm.eps(), joined.columns(width, width));
        Tensor x = project.apply(joined, kernels, workspace); // [T, D]
        Tensor y = layer.forward(x, decoder.layers().size(), batch, cache, pass);
        Tensor scored = workspace.floats(rows.length, width); // [L, D]
        kernels.gather(y, rows, scored);
        Tensor normed = norm.apply(scored, kernels, workspace);
        pass.trace().record(new Trace(hidden, nextIds, rows, embedded, joined, scored, normed));
        return decoder.head().apply(normed, kernels, workspace);
    }
}
