package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.testing.Cases;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on rows: the vector rung agrees with the scalar one and touches nothing else. */
class VectorRowsTest {
    private static final WorkerPool ONE = new WorkerPool(1);
    private static final WorkerPool TWO = new WorkerPool(2);

    private final Kernels scalar = new ScalarKernels(ONE);
    private final Kernels vector = new VectorKernels(TWO);

    @AfterAll
    static void close() {
        TWO.close();
        ONE.close();
    }

    /** Runs an operation that changes {@code outs} on both rungs and compares them. */
    private void compare(
            double tolerance, BiConsumer<Kernels, Tensor[]> operation, Guarded... outs) {
        Tensor[] found = new Tensor[outs.length];
        Tensor[] expected = new Tensor[outs.length];
        Guarded[] twins = new Guarded[outs.length];
        for (int i = 0; i < outs.length; i++) {
            twins[i] = outs[i].twin();
            found[i] = outs[i].tensor();
            expected[i] = twins[i].tensor();
        }
        operation.accept(vector, found);
        operation.accept(scalar, expected);
        for (int i = 0; i < outs.length; i++) {
            outs[i].assertClose(twins[i], tolerance);
        }
    }

    private static int[] indexes(SplittableRandom random, int count, int limit) {
        return random.ints(count, 0, limit).toArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 13, 31, 207, 702, 1021, 4098})
    void rowsOfAnyWidthAgree(int width) {
        Cases.forAll(
                2,
                random -> {
                    int rows = random.nextInt(20);
                    Guarded x = Guarded.random(random, rows, width, 3);
                    Guarded up = Guarded.random(random, rows, width, 3);
                    Guarded dy = Guarded.random(random, rows, width, 3);
                    Guarded y = Guarded.random(random, rows, width, 3);
                    Guarded z = Guarded.random(random, rows, width, 3);
                    Guarded gain = Guarded.random(random, 1, width, 1);
                    Guarded dGain = Guarded.random(random, 1, width, 1);
                    Guarded table = Guarded.random(random, 11, width, 1);
                    int[] picks = indexes(random, rows, 11);
                    compare(0, (k, out) -> k.add(x.tensor(), out[0]), y);
                    compare(0, (k, out) -> k.copy(x.tensor(), out[0]), y);
                    compare(0, (k, out) -> k.scale(out[0], 0.37f), y);
                    compare(0, (k, out) -> k.embed(table.tensor(), picks, out[0]), y);
                    compare(0, (k, out) -> k.gather(table.tensor(), picks, out[0]), y);
                    compare(0, (k, out) -> k.scatterAdd(x.tensor(), picks, out[0]), table);
                    compare(0, (k, out) -> k.addEmbedGradients(picks, x.tensor(), out[0]), table);
                    compare(
                            1e-6,
                            (k, out) -> k.rmsNorm(x.tensor(), gain.tensor(), 1e-6f, out[0]),
                            y);
                    compare(
                            2e-6 * Math.max(1, rows),
                            (k, out) ->
                                    k.addRmsNormGradients(
                                            x.tensor(),
                                            gain.tensor(),
                                            1e-6f,
                                            dy.tensor(),
                                            out[0],
                                            out[1]),
                            z,
                            dGain);
                    compare(1e-6, (k, out) -> k.swiGlu(x.tensor(), up.tensor(), out[0]), y);
                    compare(
                            2e-6,
                            (k, out) ->
                                    k.swiGluGradients(
                                            x.tensor(), up.tensor(), dy.tensor(), out[0], out[1]),
                            y,
                            z);
                });
    }

    @Test
    void inPlaceFormsAgree() {
        SplittableRandom random = new SplittableRandom(3);
        Guarded gate = Guarded.random(random, 5, 45, 2);
        Guarded up = Guarded.random(random, 5, 45, 2);
        Guarded dy = Guarded.random(random, 5, 45, 2);
        Guarded gain = Guarded.random(random, 1, 45, 2);
        compare(1e-6, (k, out) -> k.swiGlu(out[0], up.tensor(), out[0]), gate);
        compare(1e-6, (k, out) -> k.swiGlu(gate.tensor(), out[0], out[0]), up);
        compare(1e-6, (k, out) -> k.rmsNorm(out[0], gain.tensor(), 1e-6f, out[0]), gate);
        compare(
                2e-6,
                (k, out) -> k.swiGluGradients(out[0], out[1], dy.tensor(), out[0], out[1]),
                gate,
                up);
    }

    @Test
    void headsAgree() {
        Cases.forAll(
                20,
                random -> {
                    int heads = 1 + random.nextInt(4);
                    int pairs = 1 + random.nextInt(20);
                    int width = 2 * pairs;
                    int rows = random.nextInt(30);
                    int offset = random.nextInt(5);
                    int stride = width + random.nextInt(5);
                    HeadColumns apart = new HeadColumns(offset, stride);
                    HeadColumns shared = new HeadColumns(1, 0);
                    int all = offset + heads * stride;
                    Guarded x = Guarded.random(random, rows, all, 1);
                    Guarded narrow = Guarded.random(random, rows, width + 1, 1);
                    Guarded y = Guarded.random(random, rows, all, 1);
                    Guarded cos = Guarded.random(random, 9, pairs, 1);
                    Guarded sin = Guarded.random(random, 9, pairs, 1);
                    int[] positions = indexes(random, rows, 9);
                    compare(
                            0,
                            (k, out) -> k.copyHeads(x.tensor(), apart, out[0], apart, heads, width),
                            y);
                    compare(
                            0,
                            (k, out) ->
                                    k.copyHeads(
                                            narrow.tensor(), shared, out[0], apart, heads, width),
                            y);
                    compare(
                            0,
                            (k, out) -> k.addHeads(x.tensor(), apart, out[0], shared, heads, width),
                            narrow);
                    for (int turn = 0; turn < 4; turn++) {
                        boolean inverse = turn % 2 == 1;
                        RotaryPairs pairing = turn < 2 ? RotaryPairs.ADJACENT : RotaryPairs.HALVES;
                        compare(
                                1e-6,
                                (k, out) ->
                                        k.rotate(
                                                out[0],
                                                apart,
                                                heads,
                                                positions,
                                                cos.tensor(),
                                                sin.tensor(),
                                                pairing,
                                                inverse),
                                y);
                    }
                });
    }

    @Test
    void expertSumsAgree() {
        Cases.forAll(
                10,
                random -> {
                    int rows = 1 + random.nextInt(40);
                    int width = 1 + random.nextInt(300);
                    int topK = 1 + random.nextInt(3);
                    int[] slots = new int[rows * topK];
                    for (int i = 0; i < slots.length; i++) {
                        slots[i] = slots.length - 1 - i;
                    }
                    Guarded x = Guarded.random(random, slots.length, width, 1);
                    Guarded weights = Guarded.random(random, rows, topK, 1);
                    Guarded y = Guarded.random(random, rows, width, 1);
                    compare(
                            0,
                            (k, out) -> k.combine(x.tensor(), slots, weights.tensor(), out[0]),
                            y);
                    Guarded dx = Guarded.random(random, slots.length, width, 1);
                    Guarded dWeights = Guarded.random(random, rows, topK, 1);
                    compare(
                            1e-5,
                            (k, out) ->
                                    k.combineGradients(
                                            x.tensor(),
                                            slots,
                                            weights.tensor(),
                                            y.tensor(),
                                            out[0],
                                            out[1]),
                            dx,
                            dWeights);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 31, 207, 1021, 2048})
    void crossEntropyAgrees(int width) {
        Cases.forAll(
                3,
                random -> {
                    int rows = 1 + random.nextInt(9);
                    Guarded logits = Guarded.random(random, rows, width, 9);
                    int[] targets = indexes(random, rows, width);
                    targets[0] = -1;
                    float[] factors = new float[rows];
                    for (int t = 0; t < rows; t++) {
                        factors[t] = (float) random.nextDouble(2);
                    }
                    int[] found = new int[rows];
                    int[] expected = new int[rows];
                    Guarded losses = Guarded.random(random, rows, 1, 1);
                    compare(
                            1e-6,
                            (k, out) ->
                                    k.crossEntropy(
                                            logits.tensor(),
                                            targets,
                                            out[0],
                                            k.rung() == Rung.VECTOR ? found : expected),
                            losses);
                    assertThat(found).isEqualTo(expected);
                    Guarded dLogits = Guarded.random(random, rows, width, 1);
                    compare(
                            1e-6,
                            (k, out) ->
                                    k.crossEntropyGradients(
                                            logits.tensor(), targets, factors, out[0]),
                            dLogits);
                    compare(
                            1e-6,
                            (k, out) -> k.crossEntropyGradients(out[0], targets, factors, out[0]),
                            logits);
                });
    }

    @Test
    void equalLogitsPredictTheLowest() {
        SplittableRandom random = new SplittableRandom(5);
        Guarded logits = Guarded.random(random, 1, 40, 0);
        int[] predictions = {9};
        vector.crossEntropy(
                logits.tensor(),
                new int[] {3},
                Guarded.random(random, 1, 1, 1).tensor(),
                predictions);
        assertThat(predictions[0]).isZero();
    }

    @Test
    void updatesAndNormsAgree() {
        Cases.forAll(
                4,
                random -> {
                    int width = 1 + random.nextInt(90_000);
                    Guarded p = Guarded.contiguous(random, 1, width, 1);
                    Guarded g = Guarded.contiguous(random, 1, width, 1);
                    Guarded m = Guarded.contiguous(random, 1, width, 1);
                    Guarded v = Guarded.contiguous(random, 1, width, 0);
                    AdamW numbers =
                            new AdamW(1e-3, 0.9, 0.95, 1e-8, 0.1, 1 + random.nextInt(9), 0.5);
                    compare(
                            2e-6,
                            (k, out) -> k.update(out[0], g.tensor(), out[1], out[2], numbers),
                            p,
                            m,
                            v);
                    double sum = scalar.sumOfSquares(g.tensor());
                    assertThat(vector.sumOfSquares(g.tensor())).isCloseTo(sum, within(sum * 1e-9));
                    assertThat(new VectorKernels(ONE).sumOfSquares(g.tensor()))
                            .isEqualTo(vector.sumOfSquares(g.tensor()));
                });
    }
}
