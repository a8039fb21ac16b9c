package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerPropertyTest {
    private static final int VOCAB = 200;
    private static final int[] NONE = {};
    private static final Workspace MEMORY = new Workspace();
    private static final Kernels KERNELS = Kernels.of(Rung.SCALAR, new WorkerPool(1));

    private final Sampler sampler = new Sampler(VOCAB);

    private static GenerationEvent.Token choose(
            Sampler sampler,
            float[] logits,
            SamplingParameters parameters,
            int[] context,
            int length,
            double draw) {
        Workspace.Mark mark = MEMORY.mark();
        Tensor tensor = MEMORY.floats(1, logits.length);
        tensor.setFloats(logits);
        int[] best = new int[1];
        double[] logSumExp = new double[1];
        KERNELS.logSumExp(tensor, best, logSumExp);
        Sampler.Row row = new Sampler.Row(tensor, 0, best[0], logSumExp[0]);
        try {
            return sampler.choose(row, parameters, context, length, draw);
        } finally {
            MEMORY.release(mark);
        }
    }

    private static SamplingParameters parameters(
            double temperature, double topP, int topK, double minP) {
        return new SamplingParameters(
                (float) temperature, (float) topP, topK, (float) minP, 1, OptionalLong.empty());
    }

    private static float[] logits(SplittableRandom random) {
        float[] logits = new float[VOCAB];
        double spread = random.nextDouble(0.1, 8);
        for (int i = 0; i < VOCAB; i++) {
            logits[i] = (float) (spread * random.nextGaussian());
        }
        return logits;
    }

    /** Every token that can be chosen, by sweeping the draw. */
    private Set<Integer> chosen(float[] logits, SamplingParameters parameters) {
        Set<Integer> ids = new TreeSet<>();
        for (int i = 0; i < 20_000; i++) {
            ids.add(choose(sampler, logits, parameters, NONE, 0, i / 20_000.0).id());
        }
        return ids;
    }

    /** The slow twin: sort all, cut, say which remain with more than a sweep's step of the mass. */
    private static List<Integer> expected(
            float[] logits, double temperature, double topP, int topK, double minP) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < VOCAB; i++) {
            order.add(i);
        }
        order.sort(Comparator.<Integer>comparingDouble(i -> -logits[i]).thenComparingInt(i -> i));
        if (topK > 0) {
            order = order.subList(0, Math.min(topK, VOCAB));
        }
        double mass = 0;
        for (int i : order) {
            mass += Math.exp(logits[i] / temperature);
        }
        List<Integer> kept = new ArrayList<>();
        double sum = 0;
        for (int i : order) {
            double weight = Math.exp(logits[i] / temperature);
            if (!kept.isEmpty()
                    && (sum >= topP * mass
                            || weight < minP * Math.exp(logits[order.get(0)] / temperature))) {
                break;
            }
            kept.add(i);
            sum += weight;
        }
        double visible = sum / 10_000;
        return kept.stream()
                .filter(i -> Math.exp(logits[i] / temperature) > visible)
                .sorted()
                .toList();
    }

    @Test
    void cutsKeepWhatTheSlowTwinKeeps() {
        Cases.forAll(
                30,
                random -> {
                    float[] logits = logits(random);
                    double temperature = (float) random.nextDouble(0.3, 2);
                    double topP = random.nextBoolean() ? 1 : (float) random.nextDouble(0.05, 1);
                    int topK = random.nextBoolean() ? 0 : random.nextInt(1, 250);
                    double minP = random.nextBoolean() ? 0 : (float) random.nextDouble(0, 0.5);
                    Set<Integer> found = chosen(logits, parameters(temperature, topP, topK, minP));
                    List<Integer> expected = expected(logits, temperature, topP, topK, minP);
                    assertThat(found).containsAll(expected);
                    double smallest =
                            expected.stream().mapToDouble(i -> logits[i]).min().orElseThrow();
                    assertThat(found)
                            .as("nothing outside the cut but what a sweep may miss")
                            .allMatch(
                                    i ->
                                            expected.contains(i)
                                                    || Math.exp(
                                                                    (logits[i] - smallest)
                                                                            / temperature)
                                                            <= 1);
                    if (topK > 0) {
                        assertThat(found.size()).isLessThanOrEqualTo(topK);
                    }
                });
    }

    @Test
    void topPKeepsTheFewestTokensOfThatMass() {
        float[] logits = new float[VOCAB];
        Arrays.fill(logits, -100);
        logits[7] = (float) Math.log(0.5);
        logits[3] = (float) Math.log(0.3);
        logits[9] = (float) Math.log(0.2);
        assertThat(chosen(logits, parameters(1, 0.49, 0, 0))).containsExactly(7);
        assertThat(chosen(logits, parameters(1, 0.51, 0, 0))).containsExactly(3, 7);
        assertThat(chosen(logits, parameters(1, 0.81, 0, 0))).containsExactly(3, 7, 9);
        assertThat(chosen(logits, parameters(1, 1, 2, 0))).containsExactly(3, 7);
        assertThat(chosen(logits, parameters(1, 1, 0, 0.5))).containsExactly(3, 7);
        assertThat(chosen(logits, parameters(1, 0.6, 2, 0)))
                .as("top-p counts the mass that top-k left: 0.5 of 0.8")
                .containsExactly(7);
    }

    /** The first search sees only the best token; the others together have ten times its mass. */
    @Test
    void manyImprobableTokensAreNotForgotten() {
        int vocab = 20_000;
        float[] logits = new float[vocab];
        Arrays.fill(logits, (float) Math.log(5e-4));
        logits[70] = 0;
        Sampler large = new Sampler(vocab);
        assertThat(choose(large, logits, parameters(1, 0.9, 0, 0), NONE, 0, 0.05).id())
                .isEqualTo(70);
        assertThat(choose(large, logits, parameters(1, 0.9, 0, 0), NONE, 0, 0.9999).id())
                .isCloseTo(17_800, within(100));
        assertThat(choose(large, logits, parameters(1, 1, 0, 1e-4), NONE, 0, 0.9999).id())
                .isGreaterThan(19_900);
        assertThat(choose(large, logits, parameters(1, 1, 1001, 0), NONE, 0, 0.9999).id())
                .isEqualTo(1000);
    }

    @Test
    void frequenciesFitTheDistribution() {
        SplittableRandom random = new SplittableRandom(1);
        float[] logits = {0.5f, -1, 2, 0, 1.5f};
        Sampler small = new Sampler(logits.length);
        for (double temperature : new double[] {0.5, 1, 1.7}) {
            for (double topP : new double[] {1, 0.999_999}) { // both ways through the sampler
                int[] counts = new int[logits.length];
                int draws = 200_000;
                for (int i = 0; i < draws; i++) {
                    double draw = random.nextDouble();
                    counts[
                            choose(
                                            small,
                                            logits,
                                            parameters(temperature, topP, 0, 0),
                                            NONE,
                                            0,
                                            draw)
                                    .id()]++;
                }
                double sum = 0;
                for (float logit : logits) {
                    sum += Math.exp(logit / temperature);
                }
                for (int i = 0; i < logits.length; i++) {
                    assertThat(counts[i] / (double) draws)
                            .isCloseTo(Math.exp(logits[i] / temperature) / sum, within(0.005));
                }
            }
        }
    }

    @Test
    void temperatureZeroTakesTheLowestIdOfTheBest() {
        float[] logits = new float[VOCAB];
        logits[40] = 3;
        logits[17] = 3;
        for (double draw : new double[] {0, 0.5, 0.999}) {
            assertThat(choose(sampler, logits, SamplingParameters.greedy(), NONE, 0, draw).id())
                    .isEqualTo(17);
        }
    }

    @Test
    void topKOfEqualTokensTakesTheLowestIds() {
        assertThat(chosen(new float[VOCAB], parameters(1, 1, 3, 0))).containsExactly(0, 1, 2);
    }

    @Test
    void logProbIsThatOfTheUnmodifiedDistribution() {
        Cases.forAll(
                20,
                random -> {
                    float[] logits = logits(random);
                    double sum = 0;
                    for (float logit : logits) {
                        sum += Math.exp(logit);
                    }
                    SamplingParameters all =
                            new SamplingParameters(
                                    0.4f, 0.7f, 20, 0.1f, 1.5f, OptionalLong.empty());
                    int[] context = IntStream.range(0, VOCAB).toArray(); // all are penalised
                    GenerationEvent.Token chosen =
                            choose(sampler, logits, all, context, VOCAB, random.nextDouble());
                    assertThat((double) chosen.logProb())
                            .isCloseTo(logits[chosen.id()] - Math.log(sum), within(1e-5));
                });
    }

    @Test
    void repetitionPenaltyCountsATokenOnceAndWorksOnBothSigns() {
        SamplingParameters penalised = new SamplingParameters(0, 1, 0, 0, 2, OptionalLong.empty());
        float[] logits = {4, 1.9f, 1.5f};
        Sampler small = new Sampler(3);
        assertThat(choose(small, logits, penalised, new int[] {0, 0, 0}, 3, 0).id()).isZero();
        assertThat(choose(small, new float[] {4, 2.1f, 0}, penalised, new int[] {0}, 1, 0).id())
                .isEqualTo(1);
        assertThat(choose(small, new float[] {-2, -3, -5}, penalised, new int[] {0}, 1, 0).id())
                .isEqualTo(1);
        assertThat(choose(small, new float[] {4, 2.1f, 0}, penalised, new int[] {0}, 0, 0).id())
                .as("only the first `length` tokens count")
                .isZero();
    }

    @Test
    void drawsDependOnSeedAndPlaceOnly() {
        GenerationRequest request = Completion.greedy(new int[] {1}, 10);
        Sequence one = new Sequence(1, request, new QueuedStream(), 42);
        Sequence two = new Sequence(2, request, new QueuedStream(), 42);
        double first = one.draw(0);
        assertThat(two.draw(0)).isEqualTo(first).isEqualTo(one.draw(0));
        one.append(5);
        two.append(6);
        assertThat(one.draw(0)).isNotEqualTo(first).isEqualTo(two.draw(0));
        assertThat(new Sequence(3, request, new QueuedStream(), 43).draw(0)).isNotEqualTo(first);
    }

    @Test
    void logitsThatAreNotNumbersAreNamed() {
        for (float broken : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] logits = new float[VOCAB];
            logits[100] = broken;
            assertThatThrownBy(
                            () -> choose(sampler, logits, SamplingParameters.greedy(), NONE, 0, 0))
                    .isInstanceOf(ComputationFailedException.class)
                    .hasMessageContaining("not numbers");
        }
    }

    @Test
    void parametersOutsideTheirRangesAreNamed() {
        assertThatThrownBy(() -> parameters(-1, 1, 0, 0)).hasMessageContaining("temperature is -1");
        assertThatThrownBy(() -> parameters(Double.NaN, 1, 0, 0))
                .hasMessageContaining("temperature is NaN");
        assertThatThrownBy(() -> parameters(1, 0, 0, 0)).hasMessageContaining("topP is 0");
        assertThatThrownBy(() -> parameters(1, 1, -2, 0)).hasMessageContaining("topK is -2");
        assertThatThrownBy(() -> parameters(1, 1, 0, 1.5)).hasMessageContaining("minP is 1.5");
        assertThatThrownBy(() -> new SamplingParameters(1, 1, 0, 0, 0, OptionalLong.empty()))
                .hasMessageContaining("repetitionPenalty is 0");
    }
}
