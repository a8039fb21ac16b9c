package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.model.Cache;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Gradients of every parameter against directional differences of a decoder in double precision.
 */
class BackwardTest {
    private static final float NEXT_WEIGHT = 0.3f;

    /**
     * Three sequences, and which of their rows are scored; a scored row t predicts the token at t +
     * 1.
     */
    private static final List<int[]> SEQUENCES =
            List.of(new int[] {3, 7, 7, 1, 28, 5, 0}, new int[] {9, 2, 11, 4}, new int[] {6, 1});

    private static final List<boolean[]> SCORED =
            List.of(
                    new boolean[] {true, false, true, true, true, true, false},
                    new boolean[] {false, true, true, false},
                    new boolean[] {true, false});

    @ParameterizedTest
    @EnumSource(Rung.class)
    void everyParameterOfV3WithItsNextTokenBlock(Rung rung) {
        check(TinyModel.V3, rung);
    }

    @ParameterizedTest
    @EnumSource(Rung.class)
    void everyParameterOfV2(Rung rung) {
        check(TinyModel.V2, rung);
    }

    private static void check(ModelConfig config, Rung rung) {
        assumeTrue(rung.unsupported().isEmpty(), rung.unsupported()::toString);
        try (WorkerPool pool = new WorkerPool(2);
                Workspace memory = new Workspace();
                Workspace scratch = new Workspace()) {
            Kernels kernels = Kernels.of(rung, pool);
            TinyModel model = new TinyModel(config, kernels, memory, 5);
            double found = forwardAndBackward(model, kernels, scratch);
            Map<String, double[]> doubles = model.doubles();
            assertThat(found)
                    .isCloseTo(loss(config, doubles), org.assertj.core.data.Offset.offset(2e-5));

            SplittableRandom random = new SplittableRandom(11);
            model.byName.forEach(
                    (name, parameter) -> {
                        double[] values = Objects.requireNonNull(doubles.get(name));
                        double[] kept = values.clone();
                        double[] direction = new double[values.length];
                        for (int i = 0; i < direction.length; i++) {
                            direction[i] = random.nextGaussian();
                        }
                        float[] gradient =
                                parameter.sameViewOn(model.parameters, model.gradients).toFloats();
                        double along = 0;
                        double length = 0;
                        for (int i = 0; i < direction.length; i++) {
                            along += gradient[i] * direction[i];
                            length += (double) gradient[i] * gradient[i];
                        }
                        double h = 1e-6; // so small a step that no choice of experts changes
                        shift(values, kept, direction, h);
                        double above = loss(config, doubles);
                        shift(values, kept, direction, -h);
                        double below = loss(config, doubles);
                        shift(values, kept, direction, 0);
                        double expected = (above - below) / (2 * h);
                        if (name.endsWith("e_score_correction_bias")) {
                            assertThat(along).as("the bias only chooses").isZero();
                        } else {
                            assertThat(along)
                                    .as("gradient of %s along a random direction", name)
                                    .isCloseTo(
                                            expected,
                                            org.assertj.core.data.Offset.offset(
                                                    1e-4 * Math.max(1e-2, Math.sqrt(length) * 3)));
                            assertThat(isUsed(config, name) ? length : 1)
                                    .as("gradient of %s", name)
                                    .isPositive();
                        }
                    });
        }
    }

    /** Experts that no token chose have no gradient. */
    private static boolean isUsed(ModelConfig config, String name) {
        return config.moe().isEmpty() || !name.contains(".experts.");
    }

    private static void shift(double[] values, double[] from, double[] direction, double by) {
        for (int i = 0; i < values.length; i++) {
            values[i] = from[i] + by * direction[i];
        }
    }

    /**
     * Sum over scored rows of the cross-entropy, weighted by row, and of the token after next
     * likewise.
     */
    private static double loss(ModelConfig config, Map<String, double[]> parameters) {
        DoubleDecoder decoder = new DoubleDecoder(config, parameters);
        double sum = 0;
        for (int s = 0; s < SEQUENCES.size(); s++) {
            int[] ids = SEQUENCES.get(s);
            double[][] hidden = decoder.hidden(ids);
            double[][] logits = decoder.logits(hidden);
            double[][] next =
                    config.numNextnPredictLayers() > 0
                            ? decoder.nextLogits(hidden, shifted(ids, 1))
                            : null;
            for (int t = 0; t < ids.length; t++) {
                if (SCORED.get(s)[t]) {
                    sum += factor(t) * DoubleDecoder.crossEntropy(logits[t], ids[t + 1]);
                    if (next != null && t + 2 < ids.length) {
                        sum +=
                                NEXT_WEIGHT
                                        * factor(t)
                                        * DoubleDecoder.crossEntropy(next[t], ids[t + 2]);
                    }
                }
            }
        }
        return sum;
    }

    private static float factor(int position) {
        return 0.1f + 0.05f * position;
    }

    private static int[] shifted(int[] ids, int by) {
        int[] next = new int[ids.length];
        System.arraycopy(ids, by, next, 0, Math.max(0, ids.length - by));
        return next;
    }

    private static double forwardAndBackward(TinyModel model, Kernels kernels, Workspace scratch) {
        Decoder decoder = model.decoder;
        ForwardBatch batch = ForwardBatch.training(SEQUENCES, SCORED);
        ForwardTrace trace = ForwardTrace.recording();
        Pass pass = new Pass(kernels, scratch, trace);
        Decoder.Output output = decoder.forward(batch, Cache.none(), pass);
        int[] targets = targets(batch, 1);
        float[] factors = factors(batch, 1);
        double loss = weighted(kernels, scratch, output.logits(), targets, factors);
        Optional<Tensor> dNext = Optional.empty();
        if (decoder.nextTokenBlock().isPresent()) {
            int[] nextIds = new int[batch.rows()];
            batch.placed()
                    .forEach(
                            each ->
                                    System.arraycopy(
                                            shifted(each.chunk().ids(), 1),
                                            0,
                                            nextIds,
                                            each.row(),
                                            each.chunk().ids().length));
            int[] nextTargets = targets(batch, 2);
            float[] nextFactors = factors(batch, NEXT_WEIGHT);
            Tensor logits =
                    decoder.nextTokenBlock()
                            .get()
                            .forward(
                                    output.hidden(),
                                    nextIds,
                                    batch.logitRows(),
                                    decoder,
                                    batch,
                                    Cache.none(),
                                    pass);
            loss += weighted(kernels, scratch, logits, nextTargets, nextFactors);
            kernels.crossEntropyGradients(logits, nextTargets, nextFactors, logits);
            dNext = Optional.of(logits);
        }
        kernels.crossEntropyGradients(output.logits(), targets, factors, output.logits());
        new Backward(decoder, kernels, model.parameters, model.gradients)
                .run(batch, trace, output.logits(), dNext, scratch);
        return loss;
    }

    private static double weighted(
            Kernels kernels, Workspace scratch, Tensor logits, int[] targets, float[] factors) {
        Tensor losses = scratch.floats(targets.length, 1);
        kernels.crossEntropy(logits, targets, losses, new int[targets.length]);
        double sum = 0;
        for (int i = 0; i < targets.length; i++) {
            sum += targets[i] < 0 ? 0 : factors[i] * losses.get(i, 0);
        }
        return sum;
    }

    private static int[] targets(ForwardBatch batch, int ahead) {
        return Arrays.stream(batch.logitRows())
                .map(
                        row -> {
                            ForwardBatch.Placed owner = owner(batch, row);
                            int at = row - owner.row() + ahead;
                            return at < owner.chunk().ids().length ? owner.chunk().ids()[at] : -1;
                        })
                .toArray();
    }

    private static float[] factors(ForwardBatch batch, float weight) {
        List<Float> factors = new ArrayList<>();
        for (int row : batch.logitRows()) {
            factors.add(weight * factor(row - owner(batch, row).row()));
        }
        float[] array = new float[factors.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = factors.get(i);
        }
        return array;
    }

    private static ForwardBatch.Placed owner(ForwardBatch batch, int row) {
        return batch.placed().stream()
                .filter(each -> each.row() <= row && row < each.row() + each.chunk().ids().length)
                .findFirst()
                .orElseThrow();
    }
}
