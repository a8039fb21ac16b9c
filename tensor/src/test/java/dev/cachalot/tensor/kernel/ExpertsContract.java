package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ContractSubject.permutation;
import static dev.cachalot.tensor.kernel.ContractSubject.rows;
import static dev.cachalot.tensor.kernel.ContractSubject.size;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the router and the sum over experts must give, on every rung. */
interface ExpertsContract extends ContractSubject {
    /** DeepSeek-V3: 256 experts in 8 groups, 4 remain, 8 experts, weights sum to 2.5. */
    RouteRule V3 = new RouteRule(Scoring.SIGMOID, 8, 8, 4, GroupScore.SUM_OF_TOP_TWO, true, 2.5f);

    /** DeepSeek-V2: 160 experts in 8 groups, 3 remain, 6 experts, probabilities times 16. */
    RouteRule V2 = new RouteRule(Scoring.SOFTMAX, 6, 8, 3, GroupScore.MAX, false, 16);

    /** One routed token: what was chosen with which weights, and all scores. */
    record Routed(int[] ids, float[] weights, float[] scores) {}

    private Routed route(float[] logits, float[] bias, RouteRule rule) {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Tensor row = memory.contiguousOutput(1, logits.length);
            Tensor biases = memory.contiguousOutput(1, logits.length);
            row.setRow(0, logits);
            biases.setRow(0, bias);
            Tensor scores = memory.output(1, logits.length);
            Tensor ids = memory.intOutput(1, rule.topK());
            Tensor weights = memory.output(1, rule.topK());
            kernels(pool).route(row, biases, rule, scores, ids, weights);
            memory.check();
            int[] chosen = IntStream.range(0, rule.topK()).map(j -> ids.getInt(0, j)).toArray();
            return new Routed(chosen, weights.toFloats(), scores.toFloats());
        }
    }

    @Test
    default void equalLogitsGiveEqualWeightsToTheLowestExpertsOfTheLowestGroups() {
        Routed v3 = route(new float[256], new float[256], V3);
        assertThat(v3.ids).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(v3.weights).containsOnly(2.5f / 8);
        assertThat(v3.scores).containsOnly(0.5f);
        Routed v2 = route(new float[160], new float[160], V2);
        assertThat(v2.ids).containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(v2.weights).containsOnly(16f / 160);
        assertThat(v2.scores).containsOnly(1f / 160);
    }

    @Test
    default void groupsAreRankedByTheirBestExpertOrByTheSumOfTheirBestTwo() {
        // group 0 has the single best expert, group 1 the best pair
        float[] logits = {3, -5, -5, 2, 2, -5};
        RouteRule best = new RouteRule(Scoring.SIGMOID, 2, 2, 1, GroupScore.MAX, true, 1);
        assertThat(route(logits, new float[6], best).ids).containsExactly(0, 1);
        RouteRule pair =
                new RouteRule(Scoring.SIGMOID, 2, 2, 1, GroupScore.SUM_OF_TOP_TWO, true, 1);
        Routed routed = route(logits, new float[6], pair);
        assertThat(routed.ids).containsExactly(3, 4);
        assertThat(routed.weights).containsExactly(0.5f, 0.5f);
    }

    @Test
    default void biasDecidesTheChoiceButNotTheWeights() {
        float[] bias = {0, 0, 10, 0};
        RouteRule rule = new RouteRule(Scoring.SIGMOID, 2, 1, 1, GroupScore.MAX, true, 1);
        Routed routed = route(new float[] {0, 1, 0, 2}, bias, rule);
        assertThat(routed.ids).containsExactly(2, 3);
        double low = 0.5;
        double high = 1 / (1 + Math.exp(-2));
        assertThat(routed.weights[0]).isEqualTo((float) (low / (low + high)));
        assertThat(routed.scores[2]).isEqualTo(0.5f);
    }

    @Test
    default void expertsBelowZeroInGroupsThatRemainStillBeatAllOthers() {
        // a mask of zero instead of minus infinity would choose experts 2 and 3
        float[] bias = {-2, -3, -9, -9};
        RouteRule rule = new RouteRule(Scoring.SIGMOID, 2, 2, 1, GroupScore.MAX, true, 1);
        assertThat(route(new float[4], bias, rule).ids).containsExactly(0, 1);
    }

    @Test
    default void expertsOfEqualScoreAreTakenInTheirOrder() {
        float[] logits = {1, 5, 1, 5, 1, 5, 1};
        RouteRule rule = new RouteRule(Scoring.SOFTMAX, 5, 1, 1, GroupScore.MAX, false, 1);
        assertThat(route(logits, new float[7], rule).ids).containsExactly(1, 3, 5, 0, 2);
    }

    @Test
    default void logitsFarFromZeroGiveFiniteScores() {
        float[] logits = {1000, -1000, 999, 0};
        RouteRule soft = new RouteRule(Scoring.SOFTMAX, 2, 1, 1, GroupScore.MAX, false, 1);
        Routed routed = route(logits, new float[4], soft);
        assertThat(routed.ids).containsExactly(0, 2);
        assertThat(routed.weights[0]).isCloseTo(0.7310586f, within(1e-6f));
        assertThat(routed.scores[1]).isZero();
        RouteRule each = new RouteRule(Scoring.SIGMOID, 2, 1, 1, GroupScore.MAX, true, 1);
        assertThat(route(logits, new float[4], each).scores).containsExactly(1, 0, 1, 0.5f);
    }

    private static RouteRule rule(SplittableRandom random, int groups, int size) {
        int topGroups = 1 + random.nextInt(groups);
        return new RouteRule(
                random.nextBoolean() ? Scoring.SIGMOID : Scoring.SOFTMAX,
                1 + random.nextInt(Math.min(8, topGroups * size)),
                groups,
                topGroups,
                random.nextBoolean() ? GroupScore.MAX : GroupScore.SUM_OF_TOP_TWO,
                random.nextBoolean(),
                (float) random.nextDouble(0.5, 3));
    }

    private static double[] scores(double[] logits, RouteRule rule) {
        double[] scores = new double[logits.length];
        double total = 0;
        for (int e = 0; e < scores.length; e++) {
            total += Math.exp(logits[e]);
        }
        for (int e = 0; e < scores.length; e++) {
            scores[e] =
                    rule.scoring() == Scoring.SOFTMAX
                            ? Math.exp(logits[e]) / total
                            : 1 / (1 + Math.exp(-logits[e]));
        }
        return scores;
    }

    private static int[] ranked(double[] numbers, int count) {
        return IntStream.range(0, numbers.length)
                .boxed()
                .sorted(Comparator.comparingDouble(e -> -numbers[e]))
                .mapToInt(e -> e)
                .limit(count)
                .toArray();
    }

    private static int[] chosen(double[] scores, double[] bias, RouteRule rule) {
        double[] biased = scores.clone();
        Arrays.setAll(biased, e -> scores[e] + bias[e]);
        int size = biased.length / rule.groups();
        double[] ranks = new double[rule.groups()];
        for (int g = 0; g < ranks.length; g++) {
            double[] group = Arrays.copyOfRange(biased, g * size, (g + 1) * size);
            Arrays.sort(group);
            ranks[g] = group[size - 1];
            if (rule.groupScore() == GroupScore.SUM_OF_TOP_TWO && size > 1) {
                ranks[g] += group[size - 2];
            }
        }
        int[] kept = ranked(ranks, rule.topGroups());
        for (int e = 0; e < biased.length; e++) {
            int group = e / size;
            if (IntStream.of(kept).noneMatch(g -> g == group)) {
                biased[e] = Double.NEGATIVE_INFINITY;
            }
        }
        return ranked(biased, rule.topK());
    }

    private static double[] weights(double[] scores, int[] chosen, RouteRule rule) {
        double[] weights = IntStream.of(chosen).mapToDouble(e -> scores[e]).toArray();
        double sum = rule.normalize() ? Arrays.stream(weights).sum() + 1e-20 : 1;
        Arrays.setAll(weights, j -> weights[j] / sum * rule.scale());
        return weights;
    }

    @Test
    default void routesAgreeWithSortingInDoubleAndTheirGradientsWithDifferences() {
        forAll(
                60,
                (kernels, memory, random) -> {
                    int groups = 1 + random.nextInt(4);
                    int size = 1 + random.nextInt(20);
                    int experts = groups * size;
                    RouteRule rule = rule(random, groups, size);
                    Tensor logits = memory.input(rows(random), experts);
                    Tensor bias = memory.input(1, experts);
                    Tensor scores = memory.output(logits.rows(), experts);
                    Tensor ids = memory.intOutput(logits.rows(), rule.topK());
                    Tensor weights = memory.output(logits.rows(), rule.topK());
                    kernels.route(logits, bias, rule, scores, ids, weights);
                    double[][] at = Expect.doubles(logits);
                    double[][] expectedScores = Expect.zeros(scores);
                    double[][] expectedWeights = Expect.zeros(weights);
                    int[][] choice = new int[at.length][];
                    for (int t = 0; t < at.length; t++) {
                        expectedScores[t] = scores(at[t], rule);
                        choice[t] = chosen(expectedScores[t], Expect.doubles(bias)[0], rule);
                        expectedWeights[t] = weights(expectedScores[t], choice[t], rule);
                        for (int j = 0; j < rule.topK(); j++) {
                            assertThat(ids.getInt(t, j)).isEqualTo(choice[t][j]);
                        }
                    }
                    Expect.close("scores", scores, expectedScores, 1e-6);
                    Expect.close("weights", weights, expectedWeights, 2e-6);

                    Tensor dWeights = memory.input(logits.rows(), rule.topK());
                    Tensor dLogits = memory.output(logits.rows(), experts);
                    kernels.routeGradients(scores, ids, dWeights, rule, dLogits);
                    double[][] dws = Expect.doubles(dWeights);
                    Expect.gradient(
                            "logits",
                            Expect.zeros(dLogits),
                            dLogits,
                            at,
                            random,
                            moved -> {
                                double[][] all = new double[moved.length][];
                                Arrays.setAll(
                                        all, t -> weights(scores(moved[t], rule), choice[t], rule));
                                return Expect.inner(all, dws);
                            });
                });
    }

    private static double[][] combine(double[][] x, int[] slots, double[][] weights, double[][] y) {
        double[][] sums = Expect.copy(y);
        for (int t = 0; t < y.length; t++) {
            for (int j = 0; j < weights[t].length; j++) {
                double[] row = x[slots[t * weights[t].length + j]];
                for (int c = 0; c < row.length; c++) {
                    sums[t][c] += weights[t][j] * row[c];
                }
            }
        }
        return sums;
    }

    @Test
    default void expertsAreSummedByWeightAndTheirGradientsAgreeWithDifferences() {
        forAll(
                30,
                (kernels, memory, random) -> {
                    int topK = 1 + random.nextInt(8);
                    Tensor y = memory.output(rows(random), size(random));
                    Tensor weights = memory.input(y.rows(), topK);
                    Tensor x = memory.input(y.rows() * topK, y.width());
                    int[] slots = permutation(random, x.rows());
                    double[][] xs = Expect.doubles(x);
                    double[][] ws = Expect.doubles(weights);
                    double[][] ys = Expect.doubles(y);
                    kernels.combine(x, slots, weights, y);
                    Expect.close("y", y, combine(xs, slots, ws, ys), 2e-6);

                    Tensor dy = memory.input(y.rows(), y.width());
                    Tensor dx = memory.output(x.rows(), x.width());
                    Tensor dWeights = memory.output(y.rows(), topK);
                    kernels.combineGradients(x, slots, weights, dy, dx, dWeights);
                    double[][] dys = Expect.doubles(dy);
                    Expect.gradient(
                            "x",
                            Expect.zeros(x),
                            dx,
                            xs,
                            random,
                            at -> Expect.inner(combine(at, slots, ws, ys), dys));
                    Expect.gradient(
                            "weights",
                            Expect.zeros(weights),
                            dWeights,
                            ws,
                            random,
                            at -> Expect.inner(combine(xs, slots, at, ys), dys));
                });
    }

    @Test
    default void misfitsOfRulesAndSlotsAreNamedAtTheDoor() {
        RouteRule uneven = new RouteRule(Scoring.SOFTMAX, 2, 4, 2, GroupScore.MAX, true, 1);
        assertThatThrownBy(() -> route(new float[6], new float[6], uneven))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for 6 experts");
        RouteRule many = new RouteRule(Scoring.SOFTMAX, 4, 2, 1, GroupScore.MAX, true, 1);
        assertThatThrownBy(() -> route(new float[6], new float[6], many))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("topK");
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(1))) {
            Kernels kernels = kernels(pool);
            assertThatThrownBy(
                            () ->
                                    kernels.combine(
                                            memory.input(4, 3),
                                            new int[] {0, 1, 2, 4},
                                            memory.input(2, 2),
                                            memory.output(2, 3)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("slots[3] is 4; expected 0 to 3");
        }
    }
}
