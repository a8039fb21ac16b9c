package dev.cachalot.train;

import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * Decoders of a few thousand random parameters that lie in one tensor, in the variants that models
 * come in.
 */
final class TinyModel {
    static final ModelConfig V3 =
            config(
                    OptionalInt.of(12),
                    1,
                    new RouteRule(Scoring.SIGMOID, 3, 4, 2, GroupScore.SUM_OF_TOP_TWO, true, 2.5f),
                    true,
                    1,
                    true);
    static final ModelConfig V2 =
            config(
                    OptionalInt.empty(),
                    0,
                    new RouteRule(Scoring.SOFTMAX, 2, 4, 3, GroupScore.MAX, false, 1.5f),
                    false,
                    2,
                    false);

    private static ModelConfig config(
            OptionalInt qLoraRank,
            int nextn,
            RouteRule rule,
            boolean bias,
            int shared,
            boolean yarn) {
        return new ModelConfig(
                "deepseek2",
                29,
                24,
                2,
                20,
                1e-6f,
                64,
                new MlaConfig(3, qLoraRank, 16, 8, 4, 6),
                new RopeConfig(
                        10_000,
                        yarn
                                ? Optional.of(new RopeScaling.Yarn(40, 16, 32, 1, 0.7, 0.7))
                                : Optional.empty()),
                Optional.of(new MoeConfig(8, shared, 10, 1, rule, bias)),
                nextn);
    }

    final ModelConfig config;
    final Tensor parameters; // [1, N]
    final Tensor gradients; // [1, N]
    final Map<String, Tensor> byName = new LinkedHashMap<>();
    final Decoder decoder;

    TinyModel(ModelConfig config, Kernels kernels, Workspace memory, long seed) {
        this.config = config;
        this.parameters = memory.zeros(1, 40_000);
        this.gradients = memory.zeros(1, 40_000);
        SplittableRandom random = new SplittableRandom(seed);
        int[] used = {0};
        this.decoder =
                DecoderBuilder.build(
                        config,
                        (name, shape) ->
                                byName.computeIfAbsent(
                                        name,
                                        _ -> {
                                            Tensor tensor =
                                                    parameters
                                                            .columns(
                                                                    used[0],
                                                                    Math.toIntExact(
                                                                            shape.elements()))
                                                            .reshape(shape.toArray());
                                            used[0] += Math.toIntExact(shape.elements());
                                            fill(tensor, shape, random);
                                            return tensor;
                                        }),
                        kernels,
                        memory,
                        64,
                        true);
    }

    private static void fill(Tensor tensor, Shape shape, SplittableRandom random) {
        float[] values = new float[Math.toIntExact(shape.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    shape.rank() == 1
                            ? (float) (1 + 0.3 * random.nextGaussian())
                            : (float)
                                    (random.nextGaussian()
                                            / Math.sqrt((double) shape.width())
                                            * 1.5);
        }
        tensor.setFloats(values);
    }

    /** All parameters in double precision. */
    Map<String, double[]> doubles() {
        Map<String, double[]> copy = new LinkedHashMap<>();
        byName.forEach(
                (name, tensor) -> {
                    float[] floats = tensor.toFloats();
                    double[] values = new double[floats.length];
                    for (int i = 0; i < values.length; i++) {
                        values[i] = floats[i];
                    }
                    copy.put(name, values);
                });
        return copy;
    }
}
