package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ScalarProducts.row;
import static dev.cachalot.tensor.kernel.ScalarProducts.rows;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;

/**
 * Attention, one query and head at a time. Scores and weighted values are chains of fused
 * multiply-adds in float, ascending; the sum of exponentials is in double, ascending.
 */
final class ScalarAttention {

    /** A copy of the keys and values that a span's queries may see. */
    private record Cached(float[][] keys, float[][] values) {}

    static void attend(
            WorkerPool pool,
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            Tensor out,
            Tensor logSumExp) {
        for (AttentionSpan span : spans) {
            Cached cached =
                    new Cached(
                            rows(k, span.keyRow(), span.keyCount()),
                            rows(v, span.keyRow(), span.keyCount()));
            pool.run(
                    span.queryCount(),
                    (i, _) -> {
                        int t = span.queryRow() + i;
                        int visible = span.keyCount() - span.queryCount() + i + 1;
                        float[] sums = new float[shape.heads()];
                        out.setRow(t, attendRow(row(q, t), cached, visible, shape, sums));
                        logSumExp.setRow(t, sums);
                    });
        }
    }

    static void attendLatent(
            WorkerPool pool, Tensor q, AttentionShape shape, List<LatentSpan> spans, Tensor out) {
        for (LatentSpan span : spans) {
            float[][] latents = paged(span.latents(), span.keyCount());
            Cached cached = new Cached(latents, latents); // values are the first numbers of keys
            pool.run(
                    span.queryCount(),
                    (i, _) -> {
                        int t = span.queryRow() + i;
                        int visible = span.keyCount() - span.queryCount() + i + 1;
                        float[] sums = new float[shape.heads()];
                        out.setRow(t, attendRow(row(q, t), cached, visible, shape, sums));
                    });
        }
    }

    static void attendPaged(
            WorkerPool pool, Tensor q, AttentionShape shape, List<PagedSpan> spans, Tensor out) {
        for (PagedSpan span : spans) {
            Cached cached =
                    new Cached(
                            paged(span.keys(), span.keyCount()),
                            paged(span.values(), span.keyCount()));
            pool.run(
                    span.queryCount(),
                    (i, _) -> {
                        int t = span.queryRow() + i;
                        int visible = span.keyCount() - span.queryCount() + i + 1;
                        float[] sums = new float[shape.heads()];
                        out.setRow(t, attendRow(row(q, t), cached, visible, shape, sums));
                    });
        }
    }

    private static float[][] paged(PagedRows rows, int count) {
        float[][] all = new float[count][];
        for (int j = 0; j < count; j++) {
            all[j] = row(rows.pool(), rows.poolRow(j));
        }
        return all;
    }

    /** All heads of one query over the first {@code visible} keys. */
    private static float[] attendRow(
            float[] q, Cached cached, int visible, AttentionShape shape, float[] logSumExp) {
        float[] out = new float[shape.heads() * shape.valueDim()];
        float[] weights = new float[visible];
        for (int h = 0; h < shape.heads(); h++) {
            int kvHead = h / (shape.heads() / shape.kvHeads());
            int keyAt = kvHead * shape.keyDim();
            int valueAt = kvHead * shape.valueDim();
            float largest = Float.NEGATIVE_INFINITY;
            for (int j = 0; j < visible; j++) {
                weights[j] =
                        shape.scale()
                                * dot(q, h * shape.keyDim(), cached.keys[j], keyAt, shape.keyDim());
                largest = Math.max(largest, weights[j]);
            }
            double sum = 0;
            for (int j = 0; j < visible; j++) {
                weights[j] = (float) Math.exp(weights[j] - largest);
                sum += weights[j];
            }
            logSumExp[h] = (float) (largest + Math.log(sum));
            for (int c = 0; c < shape.valueDim(); c++) {
                float value = 0;
                for (int j = 0; j < visible; j++) {
                    value = Math.fma(weights[j], cached.values[j][valueAt + c], value);
                }
                out[h * shape.valueDim() + c] = (float) (value / sum);
            }
        }
        return out;
    }

    private static float dot(float[] a, int aAt, float[] b, int bAt, int count) {
        float sum = 0;
        for (int c = 0; c < count; c++) {
            sum = Math.fma(a[aAt + c], b[bAt + c], sum);
        }
        return sum;
    }

    /**
     * With P the softmax and dP = dOut V: dS = P (dP - dOut · out), dQ += scale dS K, dK += scale
     * dSᵀ Q, dV += Pᵀ dOut. Heads ascending, then queries, then keys.
     */
    static void addGradients(AttentionInputs in, AttentionGradients gradients) {
        for (AttentionSpan span : in.spans()) {
            int hidden = span.keyCount() - span.queryCount();
            float[][] q = rows(in.q(), span.queryRow(), span.queryCount());
            float[][] out = rows(in.out(), span.queryRow(), span.queryCount());
            float[][] logSumExp = rows(in.logSumExp(), span.queryRow(), span.queryCount());
            float[][] dOut = rows(gradients.dOut(), span.queryRow(), span.queryCount());
            float[][] dq = rows(gradients.dq(), span.queryRow(), span.queryCount());
            float[][] k = rows(in.k(), span.keyRow(), span.keyCount());
            float[][] v = rows(in.v(), span.keyRow(), span.keyCount());
            float[][] dk = rows(gradients.dk(), span.keyRow(), span.keyCount());
            float[][] dv = rows(gradients.dv(), span.keyRow(), span.keyCount());
            AttentionShape shape = in.shape();
            int keys = shape.keyDim();
            int values = shape.valueDim();
            for (int h = 0; h < shape.heads(); h++) {
                int kvHead = h / (shape.heads() / shape.kvHeads());
                int keyAt = kvHead * keys;
                int valueAt = kvHead * values;
                for (int i = 0; i < q.length; i++) {
                    float along = dot(dOut[i], h * values, out[i], h * values, values);
                    for (int j = 0; j <= hidden + i; j++) {
                        float score = shape.scale() * dot(q[i], h * keys, k[j], keyAt, keys);
                        float p = (float) Math.exp(score - logSumExp[i][h]);
                        float dp = dot(dOut[i], h * values, v[j], valueAt, values);
                        float ds = p * (dp - along) * shape.scale();
                        addScaled(p, dOut[i], h * values, dv[j], valueAt, values);
                        addScaled(ds, k[j], keyAt, dq[i], h * keys, keys);
                        addScaled(ds, q[i], h * keys, dk[j], keyAt, keys);
                    }
                }
            }
            write(dq, gradients.dq(), span.queryRow());
            write(dk, gradients.dk(), span.keyRow());
            write(dv, gradients.dv(), span.keyRow());
        }
    }

    private static void addScaled(float factor, float[] x, int xAt, float[] y, int yAt, int count) {
        for (int c = 0; c < count; c++) {
            y[yAt + c] = Math.fma(factor, x[xAt + c], y[yAt + c]);
        }
    }

    private static void write(float[][] rows, Tensor target, int first) {
        for (int i = 0; i < rows.length; i++) {
            target.setRow(first + i, rows[i]);
        }
    }

    static void store(Tensor x, PagedRows target, int first) {
        for (int i = 0; i < x.rows(); i++) {
            target.pool().setRow(target.poolRow(first + i), row(x, i));
        }
    }

    static void load(PagedRows source, Tensor out) {
        for (int i = 0; i < out.rows(); i++) {
            out.setRow(i, row(source.pool(), source.poolRow(i)));
        }
    }

    private ScalarAttention() {}
}
