package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Attention of the vector rung agrees with the scalar rung and with itself. */
class VectorAttentionTest {
    private static final WorkerPool ONE = new WorkerPool(1);
    private static final WorkerPool TWO = new WorkerPool(2);

    private final Kernels scalar = new ScalarKernels(ONE);
    private final Kernels vector = new VectorKernels(TWO);
    private final Kernels single = new VectorKernels(ONE);

    @AfterAll
    static void close() {
        TWO.close();
        ONE.close();
    }

    /** Inputs of an attention over two spans with rows of nobody between them. */
    private record Case(AttentionShape shape, List<AttentionSpan> spans, int queries, int keys) {
        static Case random(SplittableRandom random) {
            int kvHeads = 1 + random.nextInt(3);
            AttentionShape shape =
                    new AttentionShape(
                            kvHeads * (1 + random.nextInt(2)),
                            kvHeads,
                            1 + random.nextInt(70),
                            1 + random.nextInt(50),
                            0.3f);
            int queries = 1;
            int keys = 2;
            List<AttentionSpan> spans = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                int queryCount = random.nextInt(80);
                int keyCount = queryCount + random.nextInt(200);
                spans.add(new AttentionSpan(queries, queryCount, keys, keyCount));
                queries += queryCount + 1;
                keys += keyCount + 1;
            }
            return new Case(shape, spans, queries, keys);
        }
    }

    @Test
    void forwardAndBackwardAgreeWithScalar() {
        Cases.forAll(
                15,
                random -> {
                    Case c = Case.random(random);
                    AttentionShape shape = c.shape;
                    int keyWidth = shape.kvHeads() * shape.keyDim();
                    int valueWidth = shape.kvHeads() * shape.valueDim();
                    Guarded q =
                            Guarded.random(random, c.queries, shape.heads() * shape.keyDim(), 1);
                    Guarded k = Guarded.random(random, c.keys, keyWidth, 1);
                    Guarded v = Guarded.random(random, c.keys, valueWidth, 1);
                    Guarded out =
                            Guarded.random(random, c.queries, shape.heads() * shape.valueDim(), 1);
                    Guarded logs = Guarded.random(random, c.queries, shape.heads(), 1);
                    Guarded outTwin = out.twin();
                    Guarded logsTwin = logs.twin();
                    Guarded outSingle = out.twin();
                    Guarded logsSingle = logs.twin();
                    attend(vector, q, k, v, c, out, logs);
                    attend(scalar, q, k, v, c, outTwin, logsTwin);
                    attend(single, q, k, v, c, outSingle, logsSingle);
                    out.assertClose(outTwin, 3e-6);
                    logs.assertClose(logsTwin, 3e-6);
                    out.assertSame(outSingle);
                    logs.assertSame(logsSingle);

                    AttentionInputs inputs =
                            new AttentionInputs(
                                    q.tensor(),
                                    k.tensor(),
                                    v.tensor(),
                                    shape,
                                    c.spans,
                                    outTwin.tensor(),
                                    logsTwin.tensor());
                    Guarded dOut =
                            Guarded.random(random, c.queries, shape.heads() * shape.valueDim(), 1);
                    Guarded[] d = {
                        Guarded.random(random, c.queries, shape.heads() * shape.keyDim(), 1),
                        Guarded.random(random, c.keys, keyWidth, 1),
                        Guarded.random(random, c.keys, valueWidth, 1)
                    };
                    Guarded[] expected = {d[0].twin(), d[1].twin(), d[2].twin()};
                    Guarded[] alone = {d[0].twin(), d[1].twin(), d[2].twin()};
                    vector.addAttentionGradients(inputs, gradients(dOut, d));
                    scalar.addAttentionGradients(inputs, gradients(dOut, expected));
                    single.addAttentionGradients(inputs, gradients(dOut, alone));
                    for (int i = 0; i < 3; i++) {
                        d[i].assertClose(expected[i], 2e-5);
                        d[i].assertSame(alone[i]);
                    }
                });
    }

    private static void attend(
            Kernels kernels, Guarded q, Guarded k, Guarded v, Case c, Guarded out, Guarded logs) {
        kernels.attend(
                q.tensor(), k.tensor(), v.tensor(), c.shape, c.spans, out.tensor(), logs.tensor());
    }

    private static AttentionGradients gradients(Guarded dOut, Guarded[] d) {
        return new AttentionGradients(dOut.tensor(), d[0].tensor(), d[1].tensor(), d[2].tensor());
    }

    @Test
    void latentAttentionAgreesAndKnowsNoBatchMates() {
        Cases.forAll(
                15,
                random -> {
                    int keyDim = 1 + random.nextInt(90);
                    int valueDim = 1 + random.nextInt(keyDim);
                    AttentionShape shape =
                            new AttentionShape(1 + random.nextInt(9), 1, keyDim, valueDim, 0.4f);
                    int blockSize = 1 + random.nextInt(16);
                    int blocks = 40;
                    Guarded pool = Guarded.random(random, blocks * blockSize, keyDim, 1);
                    List<LatentSpan> spans = new ArrayList<>();
                    int queries = 0;
                    for (int i = 0; i < 3; i++) {
                        int[] table = random.ints(20, 0, blocks).toArray();
                        int keyCount = 1 + random.nextInt(20 * blockSize);
                        int queryCount = 1 + random.nextInt(Math.min(keyCount, 12));
                        spans.add(
                                new LatentSpan(
                                        queries,
                                        queryCount,
                                        new PagedRows(pool.tensor(), table, blockSize),
                                        keyCount));
                        queries += queryCount;
                    }
                    Guarded q = Guarded.random(random, queries, shape.heads() * keyDim, 1);
                    Guarded out = Guarded.random(random, queries, shape.heads() * valueDim, 1);
                    Guarded expected = out.twin();
                    Guarded alone = out.twin();
                    vector.attendLatent(q.tensor(), shape, spans, out.tensor());
                    scalar.attendLatent(q.tensor(), shape, spans, expected.tensor());
                    out.assertClose(expected, 3e-6);
                    for (LatentSpan span : spans) {
                        for (int i = 0; i < span.queryCount(); i++) {
                            LatentSpan one =
                                    new LatentSpan(
                                            span.queryRow() + i,
                                            1,
                                            span.latents(),
                                            span.keyCount() - span.queryCount() + i + 1);
                            single.attendLatent(q.tensor(), shape, List.of(one), alone.tensor());
                        }
                    }
                    alone.assertSame(out);
                });
    }

    @Test
    void storedRowsComeBack() {
        SplittableRandom random = new SplittableRandom(1);
        Guarded pool = Guarded.random(random, 12, 33, 1);
        Guarded x = Guarded.random(random, 7, 33, 1);
        Guarded twin = pool.twin();
        int[] table = {2, 0};
        vector.store(x.tensor(), new PagedRows(pool.tensor(), table, 4), 1);
        scalar.store(x.tensor(), new PagedRows(twin.tensor(), table, 4), 1);
        pool.assertSame(twin);
        Guarded out = Guarded.random(random, 8, 33, 1);
        Guarded outTwin = out.twin();
        vector.load(new PagedRows(pool.tensor(), table, 4), out.tensor());
        scalar.load(new PagedRows(twin.tensor(), table, 4), outTwin.tensor());
        out.assertSame(outTwin);
    }
}
