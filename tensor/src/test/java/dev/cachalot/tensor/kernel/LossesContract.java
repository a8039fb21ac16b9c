package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What losses, norms and updates must give, on every rung. */
interface LossesContract extends ContractSubject {

    private static double loss(double[] logits, int target) {
        if (target < 0) {
            return 0;
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - logits[target]);
        }
        return Math.log(sum);
    }

    private static int[] targets(SplittableRandom random, int rows, int width) {
        return random.ints(rows, -1, width).toArray();
    }

    @Test
    default void crossEntropyIsTheSurpriseOfTheTarget() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    Tensor logits = memory.output(rows(random), size(random));
                    kernels.scale(logits, random.nextBoolean() ? 5 : 200);
                    int[] targets = targets(random, logits.rows(), logits.width());
                    Tensor losses = memory.output(logits.rows(), 1);
                    int[] predictions = new int[logits.rows()];
                    kernels.crossEntropy(logits, targets, losses, predictions);
                    double[][] at = Expect.doubles(logits);
                    double[][] expected = Expect.zeros(losses);
                    for (int t = 0; t < targets.length; t++) {
                        expected[t][0] = loss(at[t], targets[t]);
                        int best = 0;
                        for (int v = 0; v < at[t].length; v++) {
                            best = at[t][v] > at[t][best] ? v : best;
                        }
                        assertThat(predictions[t]).isEqualTo(best);
                    }
                    Expect.close("losses", losses, expected, 2e-6);
                });
    }

    @Test
    default void theLowestOfEqualLogitsIsPredictedAndAllEqualCostTheLogOfTheirNumber() {
        forAll(
                9,
                (kernels, memory, random) -> {
                    int width = size(random);
                    Tensor logits = memory.output(2, width);
                    logits.setFloats(new float[2 * width]);
                    logits.set(1, width - 1, 4);
                    logits.set(1, width / 2, 4);
                    Tensor losses = memory.output(2, 1);
                    int[] predictions = {-7, -7};
                    kernels.crossEntropy(logits, new int[] {width - 1, -1}, losses, predictions);
                    assertThat(predictions).containsExactly(0, width / 2);
                    assertThat(losses.get(0, 0)).isCloseTo((float) Math.log(width), within(1e-6f));
                    assertThat(losses.get(1, 0)).isZero();
                });
    }

    @Test
    default void theBestAndTheSumOfLogitsAreThoseOfEachRow() {
        forAll(
                40,
                (kernels, memory, random) -> {
                    int width = random.nextInt(8) == 0 ? 40_000 : size(random);
                    Tensor logits = memory.output(rows(random), width);
                    kernels.scale(logits, random.nextBoolean() ? 5 : 200);
                    for (int t = 0; t < logits.rows() && random.nextBoolean(); t++) {
                        logits.set(t, random.nextInt(width), 7000);
                        logits.set(t, random.nextInt(width), 7000);
                    }
                    int[] best = new int[logits.rows()];
                    double[] sums = new double[logits.rows()];
                    kernels.logSumExp(logits, best, sums);
                    double[][] at = Expect.doubles(logits);
                    for (int t = 0; t < best.length; t++) {
                        int expected = 0;
                        for (int v = 0; v < width; v++) {
                            expected = at[t][v] > at[t][expected] ? v : expected;
                        }
                        assertThat(best[t]).isEqualTo(expected);
                        double sum = loss(at[t], expected) + at[t][expected];
                        assertThat(sums[t]).isCloseTo(sum, within(2e-6 * (1 + Math.abs(sum))));
                    }
                    try (WorkerPool alone = new WorkerPool(1)) {
                        double[] again = new double[sums.length];
                        kernels(alone).logSumExp(logits, best, again);
                        assertThat(again).isEqualTo(sums);
                    }
                });
    }

    @Test
    default void logitsThatAreNotNumbersHaveNoFiniteSum() {
        forAll(
                9,
                (kernels, memory, random) -> {
                    Tensor logits = memory.output(3, size(random));
                    int place = random.nextInt(logits.width());
                    logits.set(0, place, Float.NaN);
                    logits.set(1, place, Float.POSITIVE_INFINITY);
                    int[] best = new int[3];
                    double[] sums = new double[3];
                    kernels.logSumExp(logits, best, sums);
                    assertThat(Double.isFinite(sums[0])).isFalse();
                    assertThat(Double.isFinite(sums[1])).isFalse();
                    assertThat(Double.isFinite(sums[2])).isTrue();
                });
    }

    @Test
    default void gradientsOfCrossEntropyAgreeWithDifferencesAlsoInPlace() {
        forAll(
                25,
                (kernels, memory, random) -> {
                    Tensor logits = memory.output(rows(random), size(random));
                    kernels.scale(logits, 5);
                    int[] targets = targets(random, logits.rows(), logits.width());
                    float[] factors = new float[targets.length];
                    for (int t = 0; t < factors.length; t++) {
                        factors[t] = (float) random.nextDouble(-1, 1);
                    }
                    Tensor dLogits = memory.output(logits.rows(), logits.width());
                    kernels.crossEntropyGradients(logits, targets, factors, dLogits);
                    Expect.gradient(
                            "logits",
                            Expect.zeros(dLogits),
                            dLogits,
                            Expect.doubles(logits),
                            random,
                            at -> {
                                double sum = 0;
                                for (int t = 0; t < at.length; t++) {
                                    sum += factors[t] * loss(at[t], targets[t]);
                                }
                                return sum;
                            });
                    for (int t = 0; t < targets.length; t++) {
                        if (targets[t] < 0) {
                            assertThat(dLogits.slice(t, 1).toFloats()).containsOnly(0);
                        }
                    }
                    kernels.crossEntropyGradients(logits, targets, factors, logits);
                    Expect.sameBits("in place", logits, dLogits);
                });
    }

    @Test
    default void squaresAreSummedInDouble() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    int rows = random.nextInt(4) == 0 ? 700 : rows(random);
                    Tensor x = memory.contiguousInput(rows, size(random));
                    double[][] numbers = Expect.doubles(x);
                    double expected = Expect.inner(numbers, numbers);
                    double sum = kernels.sumOfSquares(x);
                    assertThat(sum).isCloseTo(expected, within(1e-12 * expected));
                    try (WorkerPool alone = new WorkerPool(1)) {
                        assertThat(kernels(alone).sumOfSquares(x)).isEqualTo(sum);
                    }
                });
    }

    @Test
    default void updatesFollowAdamW() {
        forAll(
                20,
                (kernels, memory, random) -> {
                    int rows = size(random);
                    int width = size(random);
                    Tensor parameters = memory.contiguousOutput(rows, width);
                    Tensor first = memory.contiguousOutput(rows, width);
                    Tensor second = memory.contiguousOutput(rows, width);
                    first.clear();
                    second.clear();
                    double[][] p = Expect.doubles(parameters);
                    double[][] m = Expect.zeros(first);
                    double[][] v = Expect.zeros(second);
                    for (int step = 1; step <= 4; step++) {
                        Tensor gradients = memory.contiguousInput(rows, width);
                        AdamW numbers = new AdamW(0.01, 0.9, 0.95, 1e-8, 0.1, step, 0.37);
                        kernels.update(parameters, gradients, first, second, numbers);
                        adamW(p, Expect.doubles(gradients), m, v, numbers);
                    }
                    Expect.close("parameters", parameters, p, 2e-6);
                    Expect.close("first moment", first, m, 1e-6);
                    Expect.close("second moment", second, v, 1e-6);
                });
    }

    private static void adamW(
            double[][] p, double[][] gradients, double[][] m, double[][] v, AdamW numbers) {
        for (int t = 0; t < p.length; t++) {
            for (int c = 0; c < p[t].length; c++) {
                double g = gradients[t][c] * numbers.gradientScale();
                m[t][c] = numbers.beta1() * m[t][c] + (1 - numbers.beta1()) * g;
                v[t][c] = numbers.beta2() * v[t][c] + (1 - numbers.beta2()) * g * g;
                double mean = m[t][c] / (1 - Math.pow(numbers.beta1(), (double) numbers.step()));
                double square = v[t][c] / (1 - Math.pow(numbers.beta2(), (double) numbers.step()));
                p[t][c] -= numbers.learningRate() * numbers.weightDecay() * p[t][c];
                p[t][c] -= numbers.learningRate() * mean / (Math.sqrt(square) + numbers.eps());
            }
        }
    }

    @Test
    default void misfitsOfLossesAreNamedAtTheDoor() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            Tensor logits = memory.input(1, 4);
            Tensor losses = memory.output(1, 1);
            assertThatThrownBy(
                            () -> kernels.crossEntropy(logits, new int[] {4}, losses, new int[1]))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("targets[0] is 4; expected at most 3");
            assertThatThrownBy(() -> kernels.sumOfSquares(memory.input(3, 5).columns(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("side by side");
            Tensor p = memory.contiguousOutput(2, 2);
            AdamW unborn = new AdamW(0.1, 0.9, 0.9, 1e-8, 0, 0, 1);
            assertThatThrownBy(() -> kernels.update(p, p, p, p, unborn))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("step is 0");
        }
    }
}
