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
import dev.cachalot.tensor.WorkerPool;
import java.util.List;

/**
 * Plain loops over copies of rows: slow, obviously right, the judge of the other rungs. Each method
 * checks at the door and hands over to the class of its theme.
 */
public final class ScalarKernels implements Kernels {
    private final WorkerPool pool;

    /** Kernels on the threads of {@code pool}, which the caller owns and closes. */
    public ScalarKernels(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Rung rung() {
        return Rung.SCALAR;
    }

    @Override
    public WorkerPool pool() {
        return pool;
    }

    @Override
    public Weight prepare(Tensor matrix) {
        return ScalarWeight.of(matrix);
    }

    @Override
    public void refresh(Weight weight) {
        ScalarWeight.made(weight); // its numbers are read when they are used
    }

    @Override
    public void multiply(List<Product> products) {
        RowChecks.products(products);
        for (Product product : products) {
            ScalarProducts.multiply(pool, product);
        }
    }

    @Override
    public void addInputGradients(List<Product> products) {
        RowChecks.inputGradients(products);
        for (Product product : products) {
            ScalarProducts.addInputGradients(pool, product);
        }
    }

    @Override
    public void addWeightGradients(List<WeightGradient> gradients) {
        RowChecks.weightGradients(gradients);
        for (WeightGradient gradient : gradients) {
            ScalarProducts.addWeightGradients(pool, gradient);
        }
    }

    @Override
    public void embed(Tensor table, int[] ids, Tensor out) {
        RowChecks.embed(table, ids, out);
        ScalarRows.embed(table, ids, out);
    }

    @Override
    public void addEmbedGradients(int[] ids, Tensor dOut, Tensor dTable) {
        RowChecks.embedGradients(ids, dOut, dTable);
        ScalarRows.scatterAdd(dOut, ids, dTable);
    }

    @Override
    public void add(Tensor x, Tensor y) {
        Checks.alike("y", y, "x", x);
        ScalarRows.add(x, y);
    }

    @Override
    public void copy(Tensor x, Tensor y) {
        Checks.alike("y", y, "x", x);
        ScalarRows.copy(x, y);
    }

    @Override
    public void addRow(Tensor row, Tensor y) {
        Checks.matrix("row", row, 1, y.width());
        Checks.floats("y", y);
        ScalarRows.addRow(row, y);
    }

    @Override
    public void scale(Tensor x, float factor) {
        Checks.floats("x", x);
        ScalarRows.scale(x, factor);
    }

    @Override
    public void gather(Tensor x, int[] rows, Tensor out) {
        RowChecks.gather(x, rows, out);
        ScalarRows.gather(x, rows, out);
    }

    @Override
    public void scatterAdd(Tensor x, int[] rows, Tensor out) {
        RowChecks.scatterAdd(x, rows, out);
        ScalarRows.scatterAdd(x, rows, out);
    }

    @Override
    public void copyHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        RowChecks.heads(source, from, target, to, heads, width);
        ScalarRows.copyHeads(source, from, target, to, heads, width);
    }

    @Override
    public void addHeads(
            Tensor source, HeadColumns from, Tensor target, HeadColumns to, int heads, int width) {
        RowChecks.heads(source, from, target, to, heads, width);
        ScalarRows.addHeads(source, from, target, to, heads, width);
    }

    @Override
    public void rmsNorm(Tensor x, Tensor gain, float eps, Tensor y) {
        RowChecks.rmsNorm(x, gain, y);
        ScalarLayers.rmsNorm(x, gain, eps, y);
    }

    @Override
    public void addRmsNormGradients(
            Tensor x, Tensor gain, float eps, Tensor dy, Tensor dx, Tensor dGain) {
        RowChecks.rmsNormGradients(x, gain, dy, dx, dGain);
        ScalarLayers.addRmsNormGradients(x, gain, eps, dy, dx, dGain);
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
        ScalarLayers.rotate(x, columns, heads, positions, cos, sin, pairs, inverse);
    }

    @Override
    public void swiGlu(Tensor gate, Tensor up, Tensor y) {
        RowChecks.swiGlu(gate, up, y);
        ScalarLayers.swiGlu(gate, up, y);
    }

    @Override
    public void swiGluGradients(Tensor gate, Tensor up, Tensor dy, Tensor dGate, Tensor dUp) {
        RowChecks.swiGluGradients(gate, up, dy, dGate, dUp);
        ScalarLayers.swiGluGradients(gate, up, dy, dGate, dUp);
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
        ScalarAttention.attend(pool, q, k, v, shape, spans, out, logSumExp);
    }

    @Override
    public void addAttentionGradients(AttentionInputs inputs, AttentionGradients gradients) {
        AttentionChecks.gradients(inputs, gradients);
        ScalarAttention.addGradients(inputs, gradients);
    }

    @Override
    public void attendLatent(Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        AttentionChecks.attendLatent(q, shape, spans, out);
        ScalarAttention.attendLatent(pool, q, shape, spans, out);
    }

    @Override
    public void attendPaged(Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        AttentionChecks.attendPaged(q, shape, spans, out);
        ScalarAttention.attendPaged(pool, q, shape, spans, out);
    }

    @Override
    public void store(Tensor x, PagedRows target, int first) {
        AttentionChecks.store(x, target, first);
        ScalarAttention.store(x, target, first);
    }

    @Override
    public void load(PagedRows source, Tensor out) {
        AttentionChecks.load(source, out);
        ScalarAttention.load(source, out);
    }

    @Override
    public void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights) {
        ExpertChecks.route(logits, bias, rule, scores, ids, weights);
        ScalarExperts.route(logits, bias, rule, scores, ids, weights);
    }

    @Override
    public void routeGradients(
            Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits) {
        ExpertChecks.routeGradients(scores, ids, dWeights, rule, dLogits);
        ScalarExperts.routeGradients(scores, ids, dWeights, rule, dLogits);
    }

    @Override
    public void combine(Tensor x, int[] slots, Tensor weights, Tensor y) {
        ExpertChecks.combine(x, slots, weights, y);
        ScalarExperts.combine(x, slots, weights, y);
    }

    @Override
    public void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights) {
        ExpertChecks.combineGradients(x, slots, weights, dy, dx, dWeights);
        ScalarExperts.combineGradients(x, slots, weights, dy, dx, dWeights);
    }

    @Override
    public void crossEntropy(Tensor logits, int[] targets, Tensor losses, int[] predictions) {
        LossChecks.crossEntropy(logits, targets, losses, predictions);
        ScalarLosses.crossEntropy(logits, targets, losses, predictions);
    }

    @Override
    public void logSumExp(Tensor logits, int[] best, double[] logSumExp) {
        LossChecks.logSumExp(logits, best, logSumExp);
        ScalarLosses.logSumExp(logits, best, logSumExp);
    }

    @Override
    public void crossEntropyGradients(
            Tensor logits, int[] targets, float[] factors, Tensor dLogits) {
        LossChecks.crossEntropyGradients(logits, targets, factors, dLogits);
        ScalarLosses.crossEntropyGradients(logits, targets, factors, dLogits);
    }

    @Override
    public double sumOfSquares(Tensor x) {
        LossChecks.sumOfSquares(x);
        return ScalarLosses.sumOfSquares(x);
    }

    @Override
    public void update(
            Tensor parameters, Tensor gradients, Tensor first, Tensor second, AdamW numbers) {
        LossChecks.update(parameters, gradients, first, second, numbers);
        ScalarLosses.update(parameters, gradients, first, second, numbers);
    }
}
