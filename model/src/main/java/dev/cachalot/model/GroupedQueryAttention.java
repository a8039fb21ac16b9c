package dev.cachalot.model;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Grouped-query attention (Ainslie et al., arXiv 2305.13245): Llama, Qwen2, Qwen3. Keys, after the
 * rotation, and values are the two streams of the cache. A token's bits depend on the tokens before
 * it, and on whether its chunk is one of a prompt (naive form) or not.
 *
 * @param queryNorm on each head's query; absent where the model has none
 * @param keyNorm on each head's key; absent likewise
 * @param scale factor on query times key
 */
public record GroupedQueryAttention(
        GroupedQueryConfig config,
        BiasedLinear query,
        BiasedLinear key,
        BiasedLinear value,
        BiasedLinear output,
        Optional<RmsNorm> queryNorm,
        Optional<RmsNorm> keyNorm,
        Rope rope,
        float scale)
        implements Attention {
    private static final int KEYS = 0; // streams of the cache
    private static final int VALUES = 1;

    private AttentionShape shape() {
        return new AttentionShape(
                config.numAttentionHeads(),
                config.numKeyValueHeads(),
                config.headDim(),
                config.headDim(),
                scale);
    }

    @Override
    public DType cacheType(Kernels kernels) {
        return DType.F32;
    }

    @Override
    public boolean canGenerate() {
        return true;
    }

    @Override
    public Tensor forward(Tensor x, int layer, ForwardBatch batch, Cache cache, Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int width = config.numAttentionHeads() * config.headDim();
        Tensor q = workspace.floats(x.rows(), width); // [T, H * d]
        Tensor k = workspace.floats(x.rows(), config.keyValueWidth()); // [T, G * d]
        Tensor v = workspace.floats(x.rows(), config.keyValueWidth()); // [T, G * d]
        kernels.multiply(List.of(query.into(x, q), key.into(x, k), value.into(x, v)));
        query.addBias(q, kernels);
        key.addBias(k, kernels);
        value.addBias(v, kernels);
        queryNorm.ifPresent(norm -> normHeads(norm, q, kernels));
        keyNorm.ifPresent(norm -> normHeads(norm, k, kernels));
        rotate(q, config.numAttentionHeads(), batch, kernels);
        rotate(k, config.numKeyValueHeads(), batch, kernels);

        Tensor attended = workspace.floats(x.rows(), width); // [T, H * d]
        if (pass.trace().isRecording()) {
            attendWhole(q, k, v, batch, attended, pass);
        } else {
            List<PagedSpan> spans = store(k, v, layer, batch, cache, kernels);
            boolean mayRound = kernels.roundsInputs(query.linear().weight());
            int prompts = mayRound ? batch.naiveChunks() : 0;
            kernels.attendPrompts(q, shape(), spans.subList(0, prompts), attended);
            kernels.attendPaged(q, shape(), spans.subList(prompts, spans.size()), attended);
        }
        Tensor y = workspace.floats(x.rows(), output.linear().weight().outputs()); // [T, D]
        kernels.multiply(List.of(output.into(attended, y)));
        output.addBias(y, kernels);
        return y;
    }

    private void normHeads(RmsNorm norm, Tensor x, Kernels kernels) {
        int heads = x.width() / config.headDim();
        Tensor each = x.reshape((long) x.rows() * heads, config.headDim()); // [T * heads, d]
        kernels.rmsNorm(each, norm.gain(), norm.eps(), each);
    }

    private void rotate(Tensor x, int heads, ForwardBatch batch, Kernels kernels) {
        kernels.rotate(
                x,
                new HeadColumns(0, config.headDim()),
                heads,
                batch.positions(),
                rope.cos(),
                rope.sin(),
                config.rotaryPairs(),
                false);
    }

    /** Puts the batch's keys and values behind those of their sequences. */
    private static List<PagedSpan> store(
            Tensor k, Tensor v, int layer, ForwardBatch batch, Cache cache, Kernels kernels) {
        List<PagedSpan> spans = new ArrayList<>();
        for (ForwardBatch.Placed placed : batch.placed()) {
            ForwardBatch.Chunk chunk = placed.chunk();
            int length = chunk.ids().length;
            PagedRows keys = cache.rows(chunk.sequence(), layer, KEYS);
            PagedRows values = cache.rows(chunk.sequence(), layer, VALUES);
            kernels.store(k.slice(placed.row(), length), keys, chunk.firstPosition());
            kernels.store(v.slice(placed.row(), length), values, chunk.firstPosition());
            int seen = chunk.firstPosition() + length;
            spans.add(new PagedSpan(placed.row(), length, keys, values, seen));
        }
        return spans;
    }

    /** Whole sequences without a cache. */
    private void attendWhole(
            Tensor q, Tensor k, Tensor v, ForwardBatch batch, Tensor attended, Pass pass) {
        List<AttentionSpan> spans = new ArrayList<>();
        for (ForwardBatch.Placed placed : batch.placed()) {
            if (placed.chunk().firstPosition() > 0) {
                throw new IllegalArgumentException(
                        "a traced chunk starts at position "
                                + placed.chunk().firstPosition()
                                + "; only whole sequences can be traced");
            }
            int length = placed.chunk().ids().length;
            spans.add(new AttentionSpan(placed.row(), length, placed.row(), length));
        }
        Tensor logSumExp = pass.workspace().floats(q.rows(), config.numAttentionHeads()); // [T, H]
        pass.kernels().attend(q, k, v, shape(), spans, attended, logSumExp);
    }
}
