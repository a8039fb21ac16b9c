package dev.cachalot.model;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): keys and values come
 * from one cached latent of {@code kvLoraRank} numbers and one rotated key that all heads share.
 *
 * @param kvUp latent to [H * (nope + v)]: a head's key part, then its value
 * @param keyAbsorbed per head [kvLoraRank, nope]: takes a query into the latent's space; empty when
 *     only the naive form is used (training without rollouts)
 * @param valueUp per head [v, kvLoraRank]: a latent's value; empty likewise
 * @param scale factor on query times key
 */
public record Mla(
        MlaConfig config,
        QueryProjection query,
        Linear kvDown,
        RmsNorm kvNorm,
        Linear kvUp,
        List<Weight> keyAbsorbed,
        List<Weight> valueUp,
        Linear output,
        Rope rope,
        float scale)
        implements Attention {

    /** What the backward pass needs; k and v are expanded over heads. */
    public record Trace(
            Tensor x,
            Tensor kvCompressed,
            Tensor latent,
            Tensor q,
            Tensor k,
            Tensor v,
            List<AttentionSpan> spans,
            Tensor attended,
            Tensor logSumExp) {}

    /** Sizes of the naive form: every head has its own keys and values. */
    public AttentionShape naiveShape() {
        int heads = config.numAttentionHeads();
        return new AttentionShape(heads, heads, config.qkHeadDim(), config.vHeadDim(), scale);
    }

    /** Sizes of the absorbed form: all heads share the latent. */
    AttentionShape absorbedShape() {
        return new AttentionShape(
                config.numAttentionHeads(), 1, config.latentWidth(), config.kvLoraRank(), scale);
    }

    /** Columns of the rotated part of each head's query and key. */
    public HeadColumns ropeColumns() {
        return new HeadColumns(config.qkNopeHeadDim(), config.qkHeadDim());
    }

    /** Columns of a head's key part in what {@link #kvUp} gives. */
    public HeadColumns upKeyColumns() {
        return new HeadColumns(0, config.qkNopeHeadDim() + config.vHeadDim());
    }

    /** Columns of a head's value in what {@link #kvUp} gives. */
    public HeadColumns upValueColumns() {
        return new HeadColumns(config.qkNopeHeadDim(), config.qkNopeHeadDim() + config.vHeadDim());
    }

    @Override
    public DType cacheType(Kernels kernels) {
        return canGenerate()
                ? kernels.typeOfLatents(keyAbsorbed.getFirst(), absorbedShape())
                : DType.F32;
    }

    @Override
    public boolean canGenerate() {
        return !keyAbsorbed.isEmpty();
    }

    @Override
    public Tensor forward(Tensor x, int layer, ForwardBatch batch, Cache cache, Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int heads = config.numAttentionHeads();
        Tensor kvCompressed = workspace.floats(x.rows(), config.latentWidth()); // [T, C + R]
        Tensor q =
                query.apply(
                        x, // [T, H * qkHeadDim]
                        kvDown.into(x, kvCompressed),
                        kernels,
                        workspace,
                        pass.trace());
        kernels.rotate(
                q,
                ropeColumns(),
                heads,
                batch.positions(),
                rope.cos(),
                rope.sin(),
                RotaryPairs.ADJACENT,
                false);

        int rank = config.kvLoraRank();
        Tensor latent = workspace.floats(x.rows(), config.latentWidth()); // [T, C + R]
        kernels.rmsNorm(
                kvCompressed.columns(0, rank),
                kvNorm.gain(),
                kvNorm.eps(),
                latent.columns(0, rank));
        Tensor keyRope = latent.columns(rank, config.qkRopeHeadDim()); // [T, R]
        kernels.copy(kvCompressed.columns(rank, config.qkRopeHeadDim()), keyRope);
        kernels.rotate(
                keyRope,
                new HeadColumns(0, 0),
                1,
                batch.positions(),
                rope.cos(),
                rope.sin(),
                RotaryPairs.ADJACENT,
                false);

        if (!pass.trace().isRecording()) {
            for (ForwardBatch.Placed placed : batch.placed()) {
                ForwardBatch.Chunk chunk = placed.chunk();
                PagedRows rows = cache.rows(chunk.sequence(), layer, 0);
                kernels.store(
                        latent.slice(placed.row(), chunk.ids().length),
                        rows,
                        chunk.firstPosition());
            }
        }
        Tensor attended =
                workspace.floats(x.rows(), (long) heads * config.vHeadDim()); // [T, H * v]
        if (batch.naiveRows() > 0 && !attendExpanded(q, attended, layer, batch, cache, pass)) {
            attendNaive(x, kvCompressed, latent, q, attended, layer, batch, cache, pass);
        }
        if (batch.naiveRows() < batch.rows()) {
            attendAbsorbed(q, attended, layer, batch, cache, pass);
        }
        return output.apply(attended, kernels, workspace);
    }

    /** The naive form over the cache, where the kernels have it; a trace needs keys and values. */
    private boolean attendExpanded(
            Tensor q, Tensor attended, int layer, ForwardBatch batch, Cache cache, Pass pass) {
        if (pass.trace().isRecording()) {
            return false;
        }
        List<LatentSpan> spans = latentSpans(ForwardBatch.Form.NAIVE, layer, batch, cache);
        return pass.kernels().attendExpanded(q, kvUp.weight(), naiveShape(), spans, attended);
    }

    /** Chunks of a form; the first row of the first one is row 0. */
    private static List<LatentSpan> latentSpans(
            ForwardBatch.Form form, int layer, ForwardBatch batch, Cache cache) {
        int first = form == ForwardBatch.Form.NAIVE ? 0 : batch.naiveRows();
        List<LatentSpan> spans = new ArrayList<>();
        for (ForwardBatch.Placed placed : batch.placed()) {
            ForwardBatch.Chunk chunk = placed.chunk();
            if (chunk.form() == form) {
                PagedRows latents = cache.rows(chunk.sequence(), layer, 0);
                int length = chunk.ids().length;
                int seen = chunk.firstPosition() + length;
                spans.add(new LatentSpan(placed.row() - first, length, latents, seen));
            }
        }
        return spans;
    }

    private void attendNaive(
            Tensor x,
            Tensor kvCompressed,
            Tensor latent,
            Tensor q,
            Tensor attended,
            int layer,
            ForwardBatch batch,
            Cache cache,
            Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        List<AttentionSpan> spans = new ArrayList<>();
        int keys = 0;
        boolean past = false;
        for (ForwardBatch.Placed placed : batch.placed()) {
            if (placed.chunk().form() == ForwardBatch.Form.NAIVE) {
                int length = placed.chunk().ids().length;
                int seen = placed.chunk().firstPosition() + length;
                spans.add(new AttentionSpan(placed.row(), length, keys, seen));
                keys += seen;
                past |= placed.chunk().firstPosition() > 0;
            }
        }
        Tensor all =
                latent.slice(0, batch.naiveRows()); // [K, C + R]: without a past, keys are the rows
        // themselves
        if (past) {
            all = workspace.floats(keys, config.latentWidth());
            for (int i = 0; i < spans.size(); i++) { // naive chunks come first
                AttentionSpan span = spans.get(i);
                PagedRows rows = cache.rows(batch.placed().get(i).chunk().sequence(), layer, 0);
                kernels.load(rows, all.slice(span.keyRow(), span.keyCount()));
            }
        }
        int heads = config.numAttentionHeads();
        int rank = config.kvLoraRank();
        Tensor up = kvUp.apply(all.columns(0, rank), kernels, workspace); // [K, H * (nope + v)]
        Tensor k = workspace.floats(keys, (long) heads * config.qkHeadDim()); // [K, H * qkHeadDim]
        Tensor v = workspace.floats(keys, (long) heads * config.vHeadDim()); // [K, H * v]
        HeadColumns keyStart = new HeadColumns(0, config.qkHeadDim());
        kernels.copyHeads(up, upKeyColumns(), k, keyStart, heads, config.qkNopeHeadDim());
        kernels.copyHeads(
                all, new HeadColumns(rank, 0), k, ropeColumns(), heads, config.qkRopeHeadDim());
        kernels.copyHeads(
                up,
                upValueColumns(),
                v,
                new HeadColumns(0, config.vHeadDim()),
                heads,
                config.vHeadDim());
        Tensor logSumExp = workspace.floats(x.rows(), heads); // [T, H]
        kernels.attend(q, k, v, naiveShape(), spans, attended, logSumExp);
        pass.trace()
                .record(new Trace(x, kvCompressed, latent, q, k, v, spans, attended, logSumExp));
    }

    private void attendAbsorbed(
            Tensor q, Tensor attended, int layer, ForwardBatch batch, Cache cache, Pass pass) {
        Kernels kernels = pass.kernels();
        Workspace workspace = pass.workspace();
        int heads = config.numAttentionHeads();
        int rank = config.kvLoraRank();
        int first = batch.naiveRows();
        int rows = batch.rows() - first;
        List<LatentSpan> spans = latentSpans(ForwardBatch.Form.ABSORBED, layer, batch, cache);
        Tensor tail = q.slice(first, rows); // [n, H * qkHeadDim]
        Tensor absorbed =
                workspace.floats(rows, (long) heads * config.latentWidth()); // [n, H * (C + R)]
        List<Product> products = new ArrayList<>();
        for (int h = 0; h < heads; h++) {
            products.add(
                    new Product(
                            tail.columns(h * config.qkHeadDim(), config.qkNopeHeadDim()),
                            keyAbsorbed.get(h),
                            absorbed.columns(h * config.latentWidth(), rank)));
        }
        kernels.multiply(products);
        HeadColumns absorbedRope = new HeadColumns(rank, config.latentWidth());
        kernels.copyHeads(
                tail, ropeColumns(), absorbed, absorbedRope, heads, config.qkRopeHeadDim());
        Tensor mixed = workspace.floats(rows, (long) heads * rank); // [n, H * C]
        kernels.attendLatent(absorbed, absorbedShape(), spans, mixed);
        List<Product> values = new ArrayList<>();
        for (int h = 0; h < heads; h++) {
            values.add(
                    new Product(
                            mixed.columns(h * rank, rank),
                            valueUp.get(h),
                            attended.slice(first, rows)
                                    .columns(h * config.vHeadDim(), config.vHeadDim())));
        }
        kernels.multiply(values);
    }
}
