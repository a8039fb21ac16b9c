package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.model.GroupedQueryConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.RopeConfig;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.RotaryPairs;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OtherAttentionTest {

    @Test
    void groupedQueryModelsAreNotTrainedAndTheMessageSaysSo() {
        ModelConfig config =
                new ModelConfig(
                        "qwen2",
                        96,
                        32,
                        2,
                        48,
                        1e-6f,
                        64,
                        new GroupedQueryConfig(4, 2, 8, 8, RotaryPairs.HALVES, true, false, false),
                        new RopeConfig(10_000, Optional.empty()),
                        Optional.empty(),
                        0);
        assertThatThrownBy(() -> ParameterShapes.of(config))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("training is for multi-head latent attention")
                .hasMessageContaining("qwen2");
    }
}
