package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Precision;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Products of BF16 against plain loops: the pair's upper number first, then its lower one, as
 * Intel's manual words VDPBF16PS, both with one rounding.
 */
final class PairProductsTest implements ContractSubject {
    private static final float TINY = 1e-25f; // two of them make a product that is not normal

    @BeforeAll
    static void onlyOnACpuThatHasThem() {
        var why = Precision.BF16.unsupported(Rung.ASSEMBLED);
        assumeTrue(why.isEmpty(), why::toString);
    }

    @Override
    public Kernels kernels(WorkerPool pool) {
        return Kernels.of(Rung.ASSEMBLED, pool, WeightStore.inMemory(), Precision.BF16);
    }

    /** A number of a matrix. */
    private interface Numbers {
        float at(int row, int column);
    }

    /** What {@code c} becomes: rows of a times rows of b, both {@code depth} long, added. */
    private static float[] chains(Numbers a, Numbers b, int depth, Tensor c, boolean fresh) {
        float[] sums = c.toFloats();
        for (int i = 0; i < c.rows(); i++) {
            for (int j = 0; j < c.width(); j++) {
                float sum = fresh ? 0 : sums[i * c.width() + j];
                for (int k = 0; k < depth; k += 2) {
                    if (k + 1 < depth) {
                        sum = step(a.at(i, k + 1), b.at(j, k + 1), sum);
                    } else {
                        sum = step(0, 0, sum);
                    }
                    sum = step(a.at(i, k), b.at(j, k), sum);
                }
                sums[i * c.width() + j] = sum;
            }
        }
        return sums;
    }

    private static float step(float a, float b, float sum) {
        return normal(Math.fma(rounded(a), rounded(b), normal(sum)));
    }

    private static float normal(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? 0 : x;
    }

    private static float rounded(float x) {
        int bits = Float.floatToRawIntBits(normal(x));
        return Float.intBitsToFloat(bits + 0x7fff + (bits >>> 16 & 1) & 0xffff0000);
    }

    private static void same(String name, Tensor found, float[] expected) {
        float[] numbers = found.toFloats();
        for (int i = 0; i < numbers.length; i++) {
            if (numbers[i] != expected[i]) { // zeros of both signs are the same
                throw new AssertionError(
                        name + " at " + i + ": " + numbers[i] + ", " + expected[i]);
            }
        }
    }

    @Test
    void productsAndGradientsAreOneChainOverPairs() {
        forAll(30, (kernels, memory, random) -> check(kernels, memory, random, size(random)));
        forAll(2, (kernels, memory, random) -> check(kernels, memory, random, 1100));
    }

    private static void check(
            Kernels kernels, GuardedMemory memory, SplittableRandom random, int inputs) {
        Tensor w = memory.weight(DType.F32, size(random), inputs);
        Tensor x = memory.input(rows(random), inputs);
        Tensor y = memory.output(x.rows(), w.rows());
        Weight weight = kernels.prepare(w);
        kernels.multiply(x, weight, y);
        same("y", y, chains(x::get, w::get, inputs, y, true));

        Tensor dy = memory.input(x.rows(), w.rows());
        Tensor dx = memory.output(x.rows(), inputs);
        float[] expected = chains(dy::get, (k, n) -> w.get(n, k), w.rows(), dx, false);
        kernels.addInputGradients(List.of(new Product(dx, weight, dy)));
        same("dX", dx, expected);

        Tensor dw = memory.contiguousOutput(w.rows(), inputs);
        expected = chains((n, t) -> dy.get(t, n), (k, t) -> x.get(t, k), x.rows(), dw, false);
        kernels.addWeightGradients(List.of(new WeightGradient(dy, x, dw)));
        same("dW", dw, expected);

        w.set(0, 0, 3);
        w.set(w.rows() - 1, inputs - 1, TINY);
        kernels.refresh(weight);
        kernels.multiply(x, weight, y);
        same("y of changed numbers", y, chains(x::get, w::get, inputs, y, true));
    }

    @Test
    void aRowGivesTheSameBitsAloneAndInABatch() {
        forAll(
                5,
                (kernels, memory, random) -> {
                    Weight weight = kernels.prepare(memory.weight(DType.F32, size(random), 100));
                    Tensor x = memory.input(1 + random.nextInt(40), 100);
                    Tensor together = memory.output(x.rows(), weight.outputs());
                    kernels.multiply(x, weight, together);
                    Tensor alone = memory.output(1, weight.outputs());
                    for (int i = 0; i < x.rows(); i++) {
                        kernels.multiply(x.slice(i, 1), weight, alone);
                        Expect.sameBits("row " + i, alone, together.slice(i, 1));
                    }
                });
    }

    @Test
    void numbersTooSmallToBeNormalAreZeroAndNaNStays() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            Tensor w = memory.weight(DType.F32, 1, 4);
            Tensor x = memory.input(1, 4);
            Tensor y = memory.output(1, 1);
            w.setFloats(new float[] {TINY, 0, Float.MIN_VALUE, 0});
            x.setFloats(new float[] {TINY, 0, 1e30f, 0});
            kernels.multiply(x, kernels.prepare(w), y);
            assertThat(y.get(0, 0)).isZero();
            x.setFloats(new float[] {Float.intBitsToFloat(0x7fffffff), 0, 0, 0});
            kernels.multiply(x, kernels.prepare(w), y);
            assertThat(y.get(0, 0)).isNaN();
        }
    }
}
