package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What products and their gradients must give, on every rung. */
interface ProductsContract extends ContractSubject {
    List<DType> TYPES = RandomWeights.TYPES;

    @Test
    default void aProductIsOneChainOfFusedMultiplyAddsForEveryTypeOfWeight() {
        for (DType dtype : TYPES) {
            forAll(
                    4,
                    (kernels, memory, random) -> {
                        int k = inputs(dtype, random);
                        product(kernels, memory, dtype, rows(random), size(random), k);
                        product(kernels, memory, dtype, 1, size(random), k);
                    });
        }
    }

    @Test
    default void aProductLargerThanAnyTileIsTheSameChain() {
        forAll(
                4,
                (kernels, memory, random) -> {
                    DType dtype = TYPES.get(random.nextInt(TYPES.size()));
                    int k = dtype.blockSize() > 32 ? 768 : 544;
                    product(kernels, memory, dtype, 70 + random.nextInt(9), 301, k);
                });
    }

    private static int inputs(DType dtype, SplittableRandom random) {
        return RandomWeights.inputs(dtype, size(random));
    }

    private static void product(
            Kernels kernels, GuardedMemory memory, DType dtype, int t, int n, int k) {
        Tensor w = memory.mappedWeight(dtype, n, k);
        Tensor x = memory.input(t, k);
        Tensor y = memory.output(t, n);
        kernels.multiply(x, kernels.prepare(w), y);
        Expect.sameBits("y of " + dtype, y.toFloats(), chains(x, w));
        Expect.close("y", y, product(Expect.doubles(x), Expect.doubles(w)), 1e-5);
    }

    /** y = x Wᵀ as the contract words it. */
    private static float[] chains(Tensor x, Tensor w) {
        float[] in = x.toFloats();
        float[] weights = w.toFloats();
        int k = w.width();
        float[] y = new float[x.rows() * w.rows()];
        for (int t = 0; t < x.rows(); t++) {
            for (int n = 0; n < w.rows(); n++) {
                float sum = 0;
                for (int i = 0; i < k; i++) {
                    sum = Math.fma(in[t * k + i], weights[n * k + i], sum);
                }
                y[t * w.rows() + n] = sum;
            }
        }
        return y;
    }

    private static double[][] product(double[][] x, double[][] w) {
        double[][] y = new double[x.length][w.length];
        for (int t = 0; t < x.length; t++) {
            for (int n = 0; n < w.length; n++) {
                for (int k = 0; k < w[n].length; k++) {
                    y[t][n] += x[t][k] * w[n][k];
                }
            }
        }
        return y;
    }

    @Test
    default void aStridedWeightIsReadAsItsRows() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    Tensor wide = memory.input(size(random), 140);
                    Tensor w = wide.columns(random.nextInt(40), 1 + random.nextInt(100));
                    Tensor x = memory.input(size(random), w.width());
                    Tensor y = memory.output(x.rows(), w.rows());
                    kernels.multiply(x, kernels.prepare(w), y);
                    Expect.sameBits("y", y.toFloats(), chains(x, w));
                });
    }

    @Test
    default void aRowGivesTheSameBitsAloneAndInABatch() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    DType dtype = TYPES.get(random.nextInt(TYPES.size()));
                    int t = 1 + random.nextInt(40);
                    Tensor w = memory.mappedWeight(dtype, size(random), inputs(dtype, random));
                    Weight weight = kernels.prepare(w);
                    Tensor x = memory.input(t, w.width());
                    Tensor together = memory.output(t, w.rows());
                    kernels.multiply(x, weight, together);
                    Tensor alone = memory.output(1, w.rows());
                    for (int i = 0; i < t; i++) {
                        kernels.multiply(x.slice(i, 1), weight, alone);
                        Expect.sameBits("row " + i, alone, together.slice(i, 1));
                    }
                });
    }

    @Test
    default void productsInOneCallGiveWhatTheyGiveAlone() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    Tensor shared = memory.input(rows(random), 64);
                    Tensor other = memory.input(rows(random), 33);
                    Tensor none = memory.input(0, 33);
                    Tensor a = memory.weight(DType.F32, size(random), 64);
                    Tensor b = memory.weight(DType.Q8_0, size(random), 64);
                    Tensor c = memory.weight(DType.F32, size(random), 33);
                    Tensor ya = memory.output(shared.rows(), a.rows());
                    Tensor yb = memory.output(shared.rows(), b.rows());
                    Tensor yc = memory.output(other.rows(), c.rows());
                    Weight wc = kernels.prepare(c);
                    kernels.multiply(
                            List.of(
                                    new Product(shared, kernels.prepare(a), ya),
                                    new Product(none, wc, memory.output(0, c.rows())),
                                    new Product(shared, kernels.prepare(b), yb),
                                    new Product(other, wc, yc)));
                    Expect.sameBits("first", ya.toFloats(), chains(shared, a));
                    Expect.sameBits("second", yb.toFloats(), chains(shared, b));
                    Expect.sameBits("third", yc.toFloats(), chains(other, c));
                });
    }

    @Test
    default void refreshTakesOverChangedNumbers() {
        forAll(
                5,
                (kernels, memory, random) -> {
                    Tensor w = memory.weight(DType.F32, size(random), size(random));
                    Weight weight = kernels.prepare(w);
                    w.set(w.rows() - 1, w.width() - 1, 17);
                    w.set(0, 0, 18);
                    kernels.refresh(weight);
                    Tensor x = memory.input(5, w.width());
                    Tensor y = memory.output(5, w.rows());
                    kernels.multiply(x, weight, y);
                    Expect.sameBits("y", y.toFloats(), chains(x, w));
                });
    }

    @Test
    default void gradientsOfInputsAreAddedInOneChainOverOutputs() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    Tensor w = memory.weight(DType.F32, size(random), size(random));
                    Tensor dy = memory.input(rows(random), w.rows());
                    Tensor dx = memory.output(dy.rows(), w.width());
                    float[] before = dx.toFloats();
                    kernels.addInputGradients(List.of(new Product(dx, kernels.prepare(w), dy)));
                    for (int t = 0; t < dx.rows(); t++) {
                        for (int k = 0; k < dx.width(); k++) {
                            float sum = before[t * dx.width() + k];
                            for (int n = 0; n < w.rows(); n++) {
                                sum = Math.fma(dy.get(t, n), w.get(n, k), sum);
                            }
                            before[t * dx.width() + k] = sum;
                        }
                    }
                    Expect.sameBits("dX", dx.toFloats(), before);
                });
    }

    @Test
    default void gradientsOfWeightsAreAddedInOneChainOverRows() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    Tensor dy = memory.input(rows(random), size(random));
                    Tensor x = memory.input(dy.rows(), size(random));
                    Tensor dw = memory.contiguousOutput(dy.width(), x.width());
                    float[] before = dw.toFloats();
                    kernels.addWeightGradients(List.of(new WeightGradient(dy, x, dw)));
                    for (int n = 0; n < dw.rows(); n++) {
                        for (int k = 0; k < dw.width(); k++) {
                            float sum = before[n * dw.width() + k];
                            for (int t = 0; t < x.rows(); t++) {
                                sum = Math.fma(dy.get(t, n), x.get(t, k), sum);
                            }
                            before[n * dw.width() + k] = sum;
                        }
                    }
                    Expect.sameBits("dW", dw.toFloats(), before);
                });
    }

    @Test
    default void gradientsOfAProductAgreeWithDifferences() {
        forAll(
                10,
                (kernels, memory, random) -> {
                    Tensor w = memory.weight(DType.F32, size(random), size(random));
                    Tensor x = memory.input(size(random), w.width());
                    Tensor dy = memory.input(x.rows(), w.rows());
                    Tensor dx = memory.output(x.rows(), x.width());
                    Tensor dw = memory.contiguousOutput(w.rows(), w.width());
                    double[][] dxBefore = Expect.doubles(dx);
                    double[][] dwBefore = Expect.doubles(dw);
                    kernels.addInputGradients(List.of(new Product(dx, kernels.prepare(w), dy)));
                    kernels.addWeightGradients(List.of(new WeightGradient(dy, x, dw)));
                    double[][] xs = Expect.doubles(x);
                    double[][] ws = Expect.doubles(w);
                    double[][] dys = Expect.doubles(dy);
                    Expect.gradient(
                            "x",
                            dxBefore,
                            dx,
                            xs,
                            random,
                            at -> Expect.inner(product(at, ws), dys));
                    Expect.gradient(
                            "W",
                            dwBefore,
                            dw,
                            ws,
                            random,
                            at -> Expect.inner(product(xs, at), dys));
                });
    }

    @Test
    default void severalGradientsInOneCallGiveWhatTheyGiveAlone() {
        forAll(
                5,
                (kernels, memory, random) -> {
                    Weight a = kernels.prepare(memory.weight(DType.F32, 40, 48));
                    Weight b = kernels.prepare(memory.weight(DType.F32, 7, 13));
                    Tensor dya = memory.input(31, 40);
                    Tensor dyb = memory.input(rows(random), 7);
                    Tensor dxa = memory.output(31, 48);
                    Tensor dxb = memory.output(dyb.rows(), 13);
                    Tensor aloneA = memory.copy(dxa);
                    Tensor aloneB = memory.copy(dxb);
                    kernels.addInputGradients(
                            List.of(new Product(dxa, a, dya), new Product(dxb, b, dyb)));
                    kernels.addInputGradients(List.of(new Product(aloneA, a, dya)));
                    kernels.addInputGradients(List.of(new Product(aloneB, b, dyb)));
                    Expect.sameBits("dX of the first", dxa, aloneA);
                    Expect.sameBits("dX of the second", dxb, aloneB);
                    Tensor dwa = memory.contiguousOutput(40, 48);
                    Tensor dwb = memory.contiguousOutput(7, 13);
                    Tensor xa = memory.input(31, 48);
                    Tensor xb = memory.input(dyb.rows(), 13);
                    WeightGradient first = new WeightGradient(dya, xa, memory.copy(dwa));
                    WeightGradient second = new WeightGradient(dyb, xb, memory.copy(dwb));
                    kernels.addWeightGradients(
                            List.of(
                                    new WeightGradient(dya, xa, dwa),
                                    new WeightGradient(dyb, xb, dwb)));
                    kernels.addWeightGradients(List.of(first));
                    kernels.addWeightGradients(List.of(second));
                    Expect.sameBits("dW of the first", dwa, first.dw());
                    Expect.sameBits("dW of the second", dwb, second.dw());
                });
    }

    @Test
    default void misfitsOfProductsAreNamedAtTheDoor() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            Tensor half = memory.weight(DType.F16, 4, 8);
            Product halfGradient =
                    new Product(memory.output(2, 8), kernels.prepare(half), memory.input(2, 4));
            assertThatThrownBy(() -> kernels.addInputGradients(List.of(halfGradient)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("F16[4, 8]")
                    .hasMessageContaining("expected numbers of type F32");
            Tensor ints = memory.intOutput(4, 8);
            assertThatThrownBy(() -> kernels.prepare(ints))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("I32[4, 8]");
            assertThatThrownBy(
                            () ->
                                    kernels.multiply(
                                            memory.input(2, 7),
                                            kernels.prepare(half),
                                            memory.output(2, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("F32[2, 7]");
            Weight foreign = () -> half;
            assertThatThrownBy(
                            () ->
                                    kernels.multiply(
                                            memory.input(2, 8), foreign, memory.output(2, 4)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("prepare");
            WeightGradient strided =
                    new WeightGradient(
                            memory.input(2, 3),
                            memory.input(2, 4),
                            memory.output(3, 9).columns(1, 4));
            assertThatThrownBy(() -> kernels.addWeightGradients(List.of(strided)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("side by side");
        }
    }
}
