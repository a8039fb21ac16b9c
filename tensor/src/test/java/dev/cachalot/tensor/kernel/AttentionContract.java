package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.permutation;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the attentions must give, on every rung. */
interface AttentionContract extends ContractSubject {
    List<Integer> HEAD_DIMS = List.of(1, 3, 16, 33, 48);

    /** Out of {@code [out, logSumExp]}: one query and head at a time. */
    private static double[][][] attend(
            double[][] q,
            double[][] k,
            double[][] v,
            AttentionShape shape,
            List<AttentionSpan> spans,
            double[][] outBefore,
            double[][] sumsBefore) {
        double[][] out = Expect.copy(outBefore);
        double[][] sums = Expect.copy(sumsBefore);
        for (AttentionSpan span : spans) {
            for (int i = 0; i < span.queryCount(); i++) {
                int t = span.queryRow() + i;
                int visible = span.keyCount() - span.queryCount() + i + 1;
                for (int h = 0; h < shape.heads(); h++) {
                    int kvHead = h * shape.kvHeads() / shape.heads();
                    double[] p = new double[visible];
                    double total = 0;
                    for (int j = 0; j < visible; j++) {
                        double dot = 0;
                        for (int c = 0; c < shape.keyDim(); c++) {
                            dot +=
                                    q[t][h * shape.keyDim() + c]
                                            * k[span.keyRow() + j][kvHead * shape.keyDim() + c];
                        }
                        p[j] = Math.exp(shape.scale() * dot);
                        total += p[j];
                    }
                    sums[t][h] = Math.log(total);
                    for (int c = 0; c < shape.valueDim(); c++) {
                        double value = 0;
                        for (int j = 0; j < visible; j++) {
                            value +=
                                    p[j]
                                            / total
                                            * v[span.keyRow() + j][kvHead * shape.valueDim() + c];
                        }
                        out[t][h * shape.valueDim() + c] = value;
                    }
                }
            }
        }
        return new double[][][] {out, sums};
    }

    /** The nearest sizes that the kernels have something of their own for. */
    default AttentionShape suited(AttentionShape shape) {
        return shape;
    }

    private AttentionShape shape(SplittableRandom random) {
        int kvHeads = 1 + random.nextInt(3);
        return suited(sizes(random, kvHeads));
    }

    private static AttentionShape sizes(SplittableRandom random, int kvHeads) {
        return new AttentionShape(
                kvHeads * (1 + random.nextInt(3)),
                kvHeads,
                HEAD_DIMS.get(random.nextInt(HEAD_DIMS.size())),
                HEAD_DIMS.get(random.nextInt(HEAD_DIMS.size())),
                (float) random.nextDouble(0.1, 1));
    }

    /** Spans over rows of their own, with gaps between them. */
    private static List<AttentionSpan> spans(SplittableRandom random, boolean samePast) {
        List<AttentionSpan> spans = new ArrayList<>();
        int queryRow = random.nextInt(3);
        int keyRow = random.nextInt(3);
        for (int s = random.nextInt(4); s > 0; s--) {
            int queries = random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(5);
            int keys = queries + (samePast ? 0 : random.nextInt(2) * random.nextInt(30));
            spans.add(new AttentionSpan(queryRow, queries, keyRow, keys));
            queryRow += queries + random.nextInt(2);
            keyRow += keys + random.nextInt(2);
        }
        return spans;
    }

    private static AttentionInputs inputs(
            GuardedMemory memory, AttentionShape shape, List<AttentionSpan> spans) {
        int queries = 1;
        int keys = 1;
        for (AttentionSpan span : spans) {
            queries = Math.max(queries, span.queryRow() + span.queryCount());
            keys = Math.max(keys, span.keyRow() + span.keyCount());
        }
        return new AttentionInputs(
                memory.input(queries, shape.heads() * shape.keyDim()),
                memory.input(keys, shape.kvHeads() * shape.keyDim()),
                memory.input(keys, shape.kvHeads() * shape.valueDim()),
                shape,
                spans,
                memory.output(queries, shape.heads() * shape.valueDim()),
                memory.output(queries, shape.heads()));
    }

    private static void attend(Kernels kernels, AttentionInputs in) {
        kernels.attend(in.q(), in.k(), in.v(), in.shape(), in.spans(), in.out(), in.logSumExp());
    }

    @Test
    default void attentionIsTheSoftmaxMeanOfTheValuesSeen() {
        forAll(
                60,
                (kernels, memory, random) -> {
                    AttentionInputs in =
                            inputs(memory, shape(random), spans(random, random.nextBoolean()));
                    double[][][] expected =
                            attend(
                                    Expect.doubles(in.q()),
                                    Expect.doubles(in.k()),
                                    Expect.doubles(in.v()),
                                    in.shape(),
                                    in.spans(),
                                    Expect.doubles(in.out()),
                                    Expect.doubles(in.logSumExp()));
                    attend(kernels, in);
                    Expect.close("out", in.out(), expected[0], 1e-5);
                    Expect.close("logSumExp", in.logSumExp(), expected[1], 1e-5);
                });
    }

    @Test
    default void spansInOneCallGiveTheBitsThatTheyGiveAlone() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    AttentionInputs in = inputs(memory, shape(random), spans(random, false));
                    Tensor out = memory.copy(in.out());
                    Tensor sums = memory.copy(in.logSumExp());
                    attend(kernels, in);
                    for (AttentionSpan span : in.spans()) {
                        List<AttentionSpan> alone = List.of(span);
                        kernels.attend(in.q(), in.k(), in.v(), in.shape(), alone, out, sums);
                    }
                    Expect.sameBits("out", out, in.out());
                    Expect.sameBits("logSumExp", sums, in.logSumExp());
                });
    }

    @Test
    default void queriesInChunksAgreeWithAllAtOnce() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    int keys = 70 + random.nextInt(30);
                    List<AttentionSpan> whole = List.of(new AttentionSpan(0, keys, 0, keys));
                    AttentionInputs in = inputs(memory, shape(random), whole);
                    attend(kernels, in);
                    Tensor out = memory.output(keys, in.out().width());
                    int done = 0;
                    while (done < keys) {
                        int count = Math.min(keys - done, 1 + random.nextInt(40));
                        List<AttentionSpan> chunk =
                                List.of(new AttentionSpan(done, count, 0, done + count));
                        kernels.attend(
                                in.q(), in.k(), in.v(), in.shape(), chunk, out, in.logSumExp());
                        done += count;
                    }
                    Expect.close("out", out, Expect.doubles(in.out()), 1e-5);
                });
    }

    @Test
    default void scoresFarFromZeroDoNotOverflow() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    AttentionShape shape = new AttentionShape(2, 1, 7, 5, 100);
                    List<AttentionSpan> spans = List.of(new AttentionSpan(0, 9, 0, 30));
                    AttentionInputs in = inputs(memory, shape, spans);
                    double[][][] expected =
                            attend(
                                    Expect.doubles(in.q()),
                                    Expect.doubles(in.k()),
                                    Expect.doubles(in.v()),
                                    shape,
                                    spans,
                                    Expect.doubles(in.out()),
                                    Expect.doubles(in.logSumExp()));
                    attend(kernels, in);
                    Expect.close("out", in.out(), expected[0], 5e-4); // scores of some hundred
                    Expect.close("logSumExp", in.logSumExp(), expected[1], 1e-5);
                });
    }

    @Test
    default void gradientsOfAttentionAgreeWithDifferences() {
        forAll(
                15,
                (kernels, memory, random) -> {
                    AttentionInputs in =
                            inputs(memory, shape(random), spans(random, random.nextBoolean()));
                    attend(kernels, in);
                    AttentionGradients gradients =
                            new AttentionGradients(
                                    memory.input(in.out().rows(), in.out().width()),
                                    memory.output(in.q().rows(), in.q().width()),
                                    memory.output(in.k().rows(), in.k().width()),
                                    memory.output(in.v().rows(), in.v().width()));
                    double[][] dqBefore = Expect.doubles(gradients.dq());
                    double[][] dkBefore = Expect.doubles(gradients.dk());
                    double[][] dvBefore = Expect.doubles(gradients.dv());
                    kernels.addAttentionGradients(in, gradients);
                    double[][] q = Expect.doubles(in.q());
                    double[][] k = Expect.doubles(in.k());
                    double[][] v = Expect.doubles(in.v());
                    Expect.gradient(
                            "q",
                            dqBefore,
                            gradients.dq(),
                            q,
                            random,
                            at -> loss(at, k, v, in, gradients));
                    Expect.gradient(
                            "k",
                            dkBefore,
                            gradients.dk(),
                            k,
                            random,
                            at -> loss(q, at, v, in, gradients));
                    Expect.gradient(
                            "v",
                            dvBefore,
                            gradients.dv(),
                            v,
                            random,
                            at -> loss(q, k, at, in, gradients));
                });
    }

    private static double loss(
            double[][] q,
            double[][] k,
            double[][] v,
            AttentionInputs in,
            AttentionGradients gradients) {
        double[][] none = Expect.zeros(in.out()); // rows outside the spans give no loss
        double[][] noSums = Expect.zeros(in.logSumExp());
        double[][] out = attend(q, k, v, in.shape(), in.spans(), none, noSums)[0];
        return Expect.inner(out, Expect.doubles(gradients.dOut()));
    }

    @Test
    default void gradientsOfSpansInOneCallAreThoseOfSpansAlone() {
        forAll(
                8,
                (kernels, memory, random) -> {
                    AttentionInputs in = inputs(memory, shape(random), spans(random, false));
                    attend(kernels, in);
                    Tensor dOut = memory.input(in.out().rows(), in.out().width());
                    Tensor dq = memory.output(in.q().rows(), in.q().width());
                    Tensor dk = memory.output(in.k().rows(), in.k().width());
                    Tensor dv = memory.output(in.v().rows(), in.v().width());
                    AttentionGradients alone =
                            new AttentionGradients(
                                    dOut, memory.copy(dq), memory.copy(dk), memory.copy(dv));
                    kernels.addAttentionGradients(in, new AttentionGradients(dOut, dq, dk, dv));
                    for (AttentionSpan span : in.spans()) {
                        kernels.addAttentionGradients(
                                new AttentionInputs(
                                        in.q(),
                                        in.k(),
                                        in.v(),
                                        in.shape(),
                                        List.of(span),
                                        in.out(),
                                        in.logSumExp()),
                                alone);
                    }
                    Expect.sameBits("dQ", dq, alone.dq());
                    Expect.sameBits("dK", dk, alone.dk());
                    Expect.sameBits("dV", dv, alone.dv());
                });
    }

    private static PagedRows paged(
            GuardedMemory memory, SplittableRandom random, int width, int rows) {
        int blockSize = 1 + random.nextInt(9);
        int blocks = (rows + blockSize - 1) / blockSize + random.nextInt(3);
        int[] order = permutation(random, blocks + 2);
        int[] table = Arrays.copyOf(order, blocks);
        return new PagedRows(memory.output((blocks + 2) * blockSize, width), table, blockSize);
    }

    @Test
    default void latentAttentionIsAttentionOverTheRowsOfTheBlocks() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    int anyKeyDim = 2 + random.nextInt(60);
                    int anyValueDim = 1 + random.nextInt(anyKeyDim);
                    int heads = 1 + random.nextInt(9);
                    AttentionShape shape =
                            suited(new AttentionShape(heads, 1, anyKeyDim, anyValueDim, 0.3f));
                    int keyDim = shape.keyDim();
                    int valueDim = shape.valueDim();
                    int queryRow = random.nextInt(3);
                    List<LatentSpan> spans = new ArrayList<>();
                    for (int s = random.nextInt(4); s > 0; s--) {
                        int queries = random.nextInt(5);
                        int keys = queries + random.nextInt(50);
                        PagedRows latents = paged(memory, random, keyDim, keys);
                        spans.add(new LatentSpan(queryRow, queries, latents, keys));
                        queryRow += queries;
                    }
                    Tensor q = memory.input(queryRow + 1, shape.heads() * keyDim);
                    Tensor out = memory.output(queryRow + 1, shape.heads() * valueDim);
                    double[][] expected = Expect.doubles(out);
                    for (LatentSpan span : spans) {
                        expected = latent(Expect.doubles(q), shape, span, expected);
                    }
                    Tensor alone = memory.copy(out);
                    kernels.attendLatent(q, shape, spans, out);
                    Expect.close("out", out, expected, 1e-5);
                    for (LatentSpan span : spans) {
                        kernels.attendLatent(q, shape, List.of(span), alone);
                    }
                    Expect.sameBits("spans alone", alone, out);
                });
    }

    private static double[][] latent(
            double[][] q, AttentionShape shape, LatentSpan span, double[][] outBefore) {
        double[][] pool = Expect.doubles(span.latents().pool());
        double[][] keys = new double[span.keyCount()][];
        double[][] values = new double[span.keyCount()][];
        for (int j = 0; j < keys.length; j++) {
            int block = span.latents().blockTable()[j / span.latents().blockSize()];
            keys[j] = pool[block * span.latents().blockSize() + j % span.latents().blockSize()];
            values[j] = Arrays.copyOf(keys[j], shape.valueDim());
        }
        AttentionSpan plain =
                new AttentionSpan(span.queryRow(), span.queryCount(), 0, span.keyCount());
        double[][] sums = new double[q.length][shape.heads()];
        return attend(q, keys, values, shape, List.of(plain), outBefore, sums)[0];
    }

    @Test
    default void aQueryGivesTheSameBitsAmongOtherQueriesOfItsSequence() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    AttentionShape shape = suited(new AttentionShape(4, 1, 40, 33, 0.3f));
                    int queries = 1 + random.nextInt(6);
                    int keys = queries + random.nextInt(70);
                    PagedRows latents = paged(memory, random, shape.keyDim(), keys);
                    Tensor q = memory.input(queries, 4 * shape.keyDim());
                    Tensor together = memory.output(queries, 4 * shape.valueDim());
                    Tensor alone = memory.output(queries, 4 * shape.valueDim());
                    kernels.attendLatent(
                            q, shape, List.of(new LatentSpan(0, queries, latents, keys)), together);
                    for (int i = 0; i < queries; i++) {
                        LatentSpan one = new LatentSpan(i, 1, latents, keys - queries + i + 1);
                        kernels.attendLatent(q, shape, List.of(one), alone);
                    }
                    Expect.sameBits("verified and generated", alone, together);
                });
    }

    private static PagedSpan pagedSpan(
            GuardedMemory memory,
            SplittableRandom random,
            AttentionShape shape,
            int queryRow,
            int queries,
            int keys) {
        return new PagedSpan(
                queryRow,
                queries,
                paged(memory, random, shape.kvHeads() * shape.keyDim(), keys),
                paged(memory, random, shape.kvHeads() * shape.valueDim(), keys),
                keys);
    }

    @Test
    default void pagedAttentionIsAttentionOverTheRowsOfTheBlocks() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    AttentionShape shape = shape(random);
                    List<PagedSpan> spans = new ArrayList<>();
                    int queryRow = random.nextInt(3);
                    for (int s = random.nextInt(4); s > 0; s--) {
                        int queries = random.nextInt(4) == 0 ? random.nextInt(40) : 1;
                        int keys = queries + random.nextInt(50);
                        spans.add(pagedSpan(memory, random, shape, queryRow, queries, keys));
                        queryRow += queries;
                    }
                    Tensor q = memory.input(queryRow + 1, shape.heads() * shape.keyDim());
                    Tensor out = memory.output(queryRow + 1, shape.heads() * shape.valueDim());
                    double[][] expected = Expect.doubles(out);
                    for (PagedSpan span : spans) {
                        double[][] k = gathered(span.keys(), span.keyCount());
                        double[][] v = gathered(span.values(), span.keyCount());
                        AttentionSpan plain =
                                new AttentionSpan(
                                        span.queryRow(), span.queryCount(), 0, span.keyCount());
                        expected =
                                attend(
                                        Expect.doubles(q),
                                        k,
                                        v,
                                        shape,
                                        List.of(plain),
                                        expected,
                                        new double[q.rows()][shape.heads()])[0];
                    }
                    kernels.attendPaged(q, shape, spans, out);
                    Expect.close("out", out, expected, 1e-5);
                });
    }

    private static double[][] gathered(PagedRows rows, int count) {
        double[][] pool = Expect.doubles(rows.pool());
        double[][] all = new double[count][];
        for (int j = 0; j < count; j++) {
            all[j] = pool[rows.poolRow(j)];
        }
        return all;
    }

    @Test
    default void pagedQueriesGiveTheSameBitsAloneAndInCompany() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    AttentionShape shape = shape(random);
                    int queries = 1 + random.nextInt(20);
                    int keys = queries + random.nextInt(200);
                    PagedSpan chunk = pagedSpan(memory, random, shape, 0, queries, keys);
                    PagedSpan mate = pagedSpan(memory, random, shape, queries, 1, 7);
                    Tensor q = memory.input(queries + 1, shape.heads() * shape.keyDim());
                    int width = shape.heads() * shape.valueDim();
                    Tensor together = memory.output(queries + 1, width);
                    kernels.attendPaged(q, shape, List.of(chunk, mate), together);
                    Tensor alone = memory.output(queries + 1, width);
                    for (int i = 0; i < queries; i++) {
                        int seen = keys - queries + i + 1;
                        PagedSpan one = new PagedSpan(i, 1, chunk.keys(), chunk.values(), seen);
                        kernels.attendPaged(q, shape, List.of(one), alone);
                    }
                    kernels.attendPaged(q, shape, List.of(mate), alone);
                    Expect.sameBits("one by one", alone, together);
                });
    }

    @Test
    default void storedRowsAreLoadedAgainAndOthersStay() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    int width = 1 + random.nextInt(70);
                    int first = random.nextInt(12);
                    Tensor x = memory.input(random.nextInt(20), width);
                    PagedRows rows = paged(memory, random, width, first + x.rows());
                    Tensor before = memory.copy(rows.pool());
                    kernels.store(x, rows, first);
                    Tensor all = memory.output(first + x.rows(), width);
                    kernels.load(rows, all);
                    Expect.sameBits("stored", all.slice(first, x.rows()), x);
                    for (int i = 0; i < first; i++) {
                        Tensor kept = before.slice(rows.poolRow(i), 1);
                        Expect.sameBits("row " + i, all.slice(i, 1), kept);
                        Expect.sameBits("pool", rows.pool().slice(rows.poolRow(i), 1), kept);
                    }
                });
    }

    @Test
    default void misfitsOfAttentionAreNamedAtTheDoor() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            AttentionShape shape = new AttentionShape(2, 1, 4, 3, 1);
            AttentionInputs in = inputs(memory, shape, List.of(new AttentionSpan(0, 2, 0, 5)));
            List<AttentionSpan> beyond = List.of(new AttentionSpan(0, 2, 1, 5));
            assertThatThrownBy(
                            () ->
                                    kernels.attend(
                                            in.q(),
                                            in.k(),
                                            in.v(),
                                            shape,
                                            beyond,
                                            in.out(),
                                            in.logSumExp()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows 1+5 do not lie in k");
            Tensor latentQ = memory.input(2, 8);
            Tensor latentOut = memory.output(2, 6);
            PagedRows latents = new PagedRows(memory.input(8, 4), new int[] {0, 4}, 2);
            assertThatThrownBy(
                            () ->
                                    kernels.attendLatent(
                                            latentQ,
                                            shape,
                                            List.of(new LatentSpan(0, 2, latents, 3)),
                                            latentOut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("block table[1] is 4; expected 0 to 3");
            PagedRows values = new PagedRows(memory.input(8, 3), new int[] {0}, 2);
            assertThatThrownBy(
                            () ->
                                    kernels.attendPaged(
                                            latentQ,
                                            shape,
                                            List.of(new PagedSpan(0, 2, latents, values, 3)),
                                            latentOut))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("block table[1] is 4; expected 0 to 3");
            assertThatThrownBy(() -> kernels.store(memory.input(3, 4), latents, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("rows 2+3");
        }
    }
}
