package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;

/**
 * Kernels of jdk.incubator.vector, for any CPU: register-tiled products over repacked weights,
 * tiled attention, vectors along the width elsewhere. Each method checks at the door and hands over
 * to the class of its theme. Quantised weights are laid in tiles, which a store keeps. Trained
 * weights and, up to a limit, small ones of floats are repacked on the heap; all others stay where
 * they are and are decoded panel by panel.
 */
public sealed class VectorKernels implements Kernels permits AssembledKernels {
    private final WorkerPool pool;
    private final Products products;
    private final WeightGradients weightGradients;
    private final VectorRows rows;
    private final VectorLayers layers;
    private final Rotation rotation;
    private final VectorAttention attention;
    private final PagedAttention pagedAttention;
    private final AttentionBackward attentionBackward;
    private final VectorExperts experts;
    private final VectorLosses losses;

    /** Kernels on the threads of {@code pool}, which the caller owns and closes. */
    public VectorKernels(WorkerPool pool) {
        this(pool, WeightStore.inMemory());
    }

    /** As above; the store keeps the tiles and is valid as long as the kernels are used. */
    public VectorKernels(WorkerPool pool, WeightStore store) {
        this(pool, store, PreparedBytes.panelLimit());
    }

    /** As above, with a limit of their own for repacked copies on the heap. */
    VectorKernels(WorkerPool pool, WeightStore store, long keepBytes) {
        this(pool, store, keepBytes, false);
    }

    /** As above; the tiles of products of floats may be assembled ones. */
    VectorKernels(WorkerPool pool, WeightStore store, long keepBytes, boolean assembled) {
        this.pool = pool;
        Scratch[] scratches = Scratch.perWorker(pool.threads());
        products = new Products(pool, scratches, store, keepBytes, assembled);
        weightGradients = new WeightGradients(pool, scratches, assembled);
        rows = new VectorRows(pool, scratches);
        layers = new VectorLayers(pool, scratches);
        rotation = new Rotation(pool, scratches);
        attention = new VectorAttention(pool, scratches);
        pagedAttention = new PagedAttention(pool, scratches);
        attentionBackward = new AttentionBackward(pool, scratches);
        experts = new VectorExperts(pool, scratches);
        losses = new VectorLosses(pool);
    }

    @Override
    public Rung rung() {
        return Rung.VECTOR;
    }

    @Override
    public WorkerPool pool() {
        return pool;
    }

    @Override
    public Weight prepare(Tensor matrix) {
        Checks.weight("matrix", matrix);
        return products.prepare(matrix);
    }

    @Override
    public void refresh(Weight weight) {
        products.refresh(Products.own(weight));
    }

    @Override
    public void multiply(List<Product> products) {
        RowChecks.products(products);
        this.products.multiply(products);
    }

    @Override
    public void addInputGradients(List<Product> products) {
        RowChecks.inputGradients(products);
        this.products.addInputGradients(products);
    }

    @Override
    public void addWeightGradients(List<WeightGradient> gradients) {
        RowChecks.weightGradients(gradients);
        weightGradients.add(gradients);
    }

    @Override
    public void embed(Tensor table, int[] ids, Tensor out) {
        RowChecks.embed(table, ids, out);
        rows.embed(table, ids, out);
    }

    @Override
    public void addEmbedGradients(int[] ids, Tensor dOut, Tensor dTable) {
        RowChecks.embedGradients(ids, dOut, dTable);
        rows.scatterAdd(dOut, ids, dTable);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Checks.alike("y", y, "x", x);
        rows.add(x, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        Checks.alike("y", y, "x", x);
        rows.copy(x, y);
    }

    @Override
    public void addRow(Tensor row, Tensor y) {
        Checks.matrix("row", row, 1, y.width());
        Checks.floats("y", y);
        rows.addRow(row, y);
    }

    @Override
    public void scale(Tensor x, float factor) {
        Checks.floats("x", x);
        rows.scale(x, factor);
    }

    @Override
    public void gather(Tensor x, int[] rows, Tensor out) {
        RowChecks.gather(x, rows, out);
        this.rows.gather(x, rows, out);
    }

    @Override
    public void scatterAdd(Tensor x, int[] rows, Tensor out) {
        RowChecks.scatterAdd(x, rows, out);
        this.rows.scatterAdd(x, rows, out);
    }

    @Override
    public void copyHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        RowChecks.heads(source, from, target, to, heads, width);
        rows.copyHeads(source, from, target, to, heads, width);
    }

    @Override
    public void addHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        RowChecks.heads(source, from, target, to, heads, width);
        rows.addHeads(source, from, target, to, heads, width);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y) {
        RowChecks.rmsNorm(x, gain, y);
        layers.rmsNorm(x, gain, eps, y);
    }

    @Override
    public void addRmsNormGradients(
            Tensor x, Tensor gain, float eps, Tensor dy, Tensor dx, Tensor dGain) {
        RowChecks.rmsNormGradients(x, gain, dy, dx, dGain);
        layers.addRmsNormGradients(x, gain, eps, dy, dx, dGain);
    }

    @Override
    public void rotate(
            Tensor x,
            HeadColumns columns,
            int heads,
            int[] positions,
            Tensor cos,
            Tensor sin,
            RotaryPairs pairs,
            boolean inverse) {
        RowChecks.rotate(x, columns, heads, positions, cos, sin);
        rotation.rotate(x, columns, heads, positions, cos, sin, pairs, inverse);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor y) {
        RowChecks.swiGlu(gate, up, y);
        layers.swiGlu(gate, up, y);
    }

    @Override
    public void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        RowChecks.swiGluGradients(gate, up, dy, dGate, dUp);
        layers.swiGluGradients(gate, up, dy, dGate, dUp);
    }

    @Override
    public void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {
        AttentionChecks.attend(q, k, v, shape, spans, out, logSumExp);
        attention.attend(q, k, v, shape, spans, out, logSumExp);
    }

    @Override
    public void addAttentionGradients(AttentionInputs inputs, AttentionGradients gradients) {
        AttentionChecks.gradients(inputs, gradients);
        attentionBackward.add(inputs, gradients);
    }

    @Override
    public void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        AttentionChecks.attendLatent(q, shape, spans, out);
        attention.attendLatent(q, shape, spans, out);
    }

    @Override
    public void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        AttentionChecks.attendPaged(q, shape, spans, out);
        pagedAttention.attend(q, shape, spans, out);
    }

    @Override
    public void store(Tensor x, PagedRows target, int first) {
        AttentionChecks.store(x, target, first);
        rows.store(x, target, first);
    }

    @Override
    public void load(PagedRows source, Tensor out) {
        AttentionChecks.load(source, out);
        rows.load(source, out);
    }

    @Override
    public void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights) {
        ExpertChecks.route(logits, bias, rule, scores, ids, weights);
        experts.route(logits, bias, rule, scores, ids, weights);
    }

    @Override
    public void routeGradients(
            Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits) {
        ExpertChecks.routeGradients(scores, ids, dWeights, rule, dLogits);
        experts.routeGradients(scores, ids, dWeights, rule, dLogits);
    }

    @Override
    public void combine(Tensor x, int[] slots, Tensor weights, Tensor y) {
        ExpertChecks.combine(x, slots, weights, y);
        experts.combine(x, slots, weights, y);
    }

    @Override
    public void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights) {
        ExpertChecks.combineGradients(x, slots, weights, dy, dx, dWeights);
        experts.combineGradients(x, slots, weights, dy, dx, dWeights);
    }

    @Override
    public void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions) {
        LossChecks.crossEntropy(logits, targets, losses, predictions);
        this.losses.crossEntropy(logits, targets, losses, predictions);
    }

    @Override
    public void logSumExp(Tensor logits, int[] best, double[] logSumExp) {
        LossChecks.logSumExp(logits, best, logSumExp);
        losses.logSumExp(logits, best, logSumExp);
    }

    @Override
    public void crossEntropyGradients(
            Tensor logits, int[] targets, float[] factors, Tensor dLogits) {
        LossChecks.crossEntropyGradients(logits, targets, factors, dLogits);
        losses.crossEntropyGradients(logits, targets, factors, dLogits);
    }

    @Override
    public double sumOfSquares(Tensor x) {
        LossChecks.sumOfSquares(x);
        return losses.sumOfSquares(x);
    }

    @Override
    public void update(
            Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers) {
        LossChecks.update(parameters, gradients, first, second, numbers);
        losses.update(parameters, gradients, first, second, numbers);
    }
}
