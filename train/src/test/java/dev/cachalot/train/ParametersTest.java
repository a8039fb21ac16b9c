package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParametersTest {

    @Test
    void aDecoderAsksForEveryParameterOnceAndForNothingElse() {
        for (ModelConfig config : List.of(TinyModel.V3, TinyModel.V2)) {
            try (WorkerPool pool = new WorkerPool(1);
                    Workspace memory = new Workspace()) {
                Parameters parameters = new Parameters(config, memory);
                List<String> asked = new ArrayList<>();
                DecoderBuilder.build(
                        config,
                        (name, shape) -> {
                            asked.add(name);
                            return parameters.require(name, shape);
                        },
                        Kernels.of(Rung.SCALAR, pool),
                        memory,
                        64,
                        false);
                assertThat(asked)
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(parameters.byName().keySet());
            }
        }
    }

    @Test
    void parametersStartOnMultiplesOf64BytesDoNotOverlapAndHaveMatricesFirst() {
        try (Workspace memory = new Workspace()) {
            Parameters parameters = new Parameters(TinyModel.V3, memory);
            int[] uses = new int[parameters.values().width()];
            parameters
                    .byName()
                    .forEach(
                            (name, tensor) -> {
                                boolean bias = name.endsWith("correction_bias");
                                Tensor all = bias ? parameters.biases() : parameters.values();
                                long start = tensor.segment().address() - all.segment().address();
                                assertThat(tensor.segment().address() % 64).as(name).isZero();
                                int first = (int) (start / 4);
                                if (!bias) {
                                    assertThat(first < parameters.matrixElements())
                                            .as(name)
                                            .isEqualTo(tensor.shape().rank() == 2);
                                    for (int i = 0; i < tensor.shape().elements(); i++) {
                                        uses[first + i]++;
                                    }
                                }
                            });
            assertThat(uses).containsOnly(0, 1);
            assertThat(Arrays.stream(uses).sum())
                    .isEqualTo((int) ParameterShapes.of(TinyModel.V3).count());
        }
    }

    @Test
    void theSameSeedGivesTheSameStartAndAnotherSeedAnother() {
        try (Workspace memory = new Workspace()) {
            float[] first = start(memory, Initialization.Scheme.NORMAL, 7);
            assertThat(start(memory, Initialization.Scheme.NORMAL, 7)).isEqualTo(first);
            assertThat(start(memory, Initialization.Scheme.NORMAL, 8)).isNotEqualTo(first);
        }
    }

    @Test
    void matricesStartAsWideAsTheSchemeSaysAndGainsAtOne() {
        ModelConfig config = ModelRecipe.DEFAULTS.config(500);
        try (Workspace memory = new Workspace()) {
            Parameters parameters = new Parameters(config, memory);
            new Initialization(Initialization.Scheme.FAN_IN, 0.5, 0.7).fill(parameters, config, 3);
            assertThat(deviation(parameters, "model.embed_tokens.weight")).isBetween(0.68, 0.72);
            assertThat(deviation(parameters, "lm_head.weight")).isBetween(0.030, 0.0325); // 0.5/16
            assertThat(deviation(parameters, "model.layers.1.self_attn.o_proj.weight"))
                    .isBetween(0.0107, 0.0114); // 0.5 / 16 / sqrt(8)
            assertThat(numbers(parameters, "model.norm.weight")).containsOnly(1f);
            assertThat(parameters.biases().toFloats()).containsOnly(0f);
        }
    }

    @Test
    void theDefaultModelHasTheSizeItClaims() {
        ModelConfig config = ModelRecipe.DEFAULTS.config(2048);
        assertThat(ParameterShapes.of(config).count()).isBetween(9_500_000L, 11_500_000L);
        assertThat(ParameterShapes.activeCount(config)).isBetween(2_500_000L, 3_500_000L);
    }

    @Test
    void aShapeThatTheDecoderDoesNotMeanIsNamed() {
        try (Workspace memory = new Workspace()) {
            Parameters parameters = new Parameters(TinyModel.V2, memory);
            assertThatThrownBy(() -> parameters.require("lm_head.weight", Shape.of(3, 3)))
                    .isInstanceOf(TrainingSetupException.class)
                    .hasMessageContaining("lm_head.weight")
                    .hasMessageContaining("[29, 24]");
        }
    }

    private static float[] start(Workspace memory, Initialization.Scheme scheme, long seed) {
        Parameters parameters = new Parameters(TinyModel.V3, memory);
        new Initialization(scheme, 0.02, 0.02).fill(parameters, TinyModel.V3, seed);
        Set<Float> values = new HashSet<>();
        float[] all = parameters.values().toFloats();
        for (float each : all) {
            values.add(each);
        }
        assertThat(values).hasSizeGreaterThan(all.length / 2);
        return all;
    }

    private static double deviation(Parameters parameters, String name) {
        float[] numbers = numbers(parameters, name);
        double squares = 0;
        for (float each : numbers) {
            squares += (double) each * each;
        }
        return Math.sqrt(squares / numbers.length);
    }

    private static float[] numbers(Parameters parameters, String name) {
        return Objects.requireNonNull(parameters.byName().get(name), name).toFloats();
    }
}
