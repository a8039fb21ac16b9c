package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.testing.SharedFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Folders that other programs wrote, beside the same weights as GGUF. */
class SafetensorsGoldenTest {
    private static final Shape EMBEDDING = Shape.of(512, 64);

    private Path data = Path.of("");

    @BeforeEach
    void findSharedFolder() {
        Optional<Path> found = SharedFolder.find();
        assumeTrue(found.isPresent(), "needs the folder shared beside the checkout");
        data = found.orElseThrow().resolve("data");
    }

    @Test
    void aSingleFileHoldsTheNumbersOfTheSameModelAsGguf() throws IOException {
        try (Checkpoint folder = Checkpoint.open(data.resolve("weights-stories260K/hf"));
                Checkpoint gguf =
                        Checkpoint.open(data.resolve("weights-stories260K/stories260K-f32.gguf"))) {
            assertThat(folder.require("model.embed_tokens.weight", EMBEDDING).toFloats())
                    .isEqualTo(gguf.require("token_embd.weight", EMBEDDING).toFloats());
            assertThat(folder.config().orElseThrow().requireInt("hidden_size")).isEqualTo(64);
        }
    }

    @Test
    void shardsHoldTheNumbersOfTheSameModelAsGguf() throws IOException {
        try (Checkpoint folder =
                        Checkpoint.open(data.resolve("weights-stories260K/hf-sharded-f16"));
                Checkpoint gguf =
                        Checkpoint.open(data.resolve("weights-stories260K/stories260K-f16.gguf"))) {
            assertThat(folder.format()).isEqualTo("safetensors, 2 files");
            Tensor found = folder.require("model.embed_tokens.weight", EMBEDDING);
            assertThat(found.dtype()).isEqualTo(DType.F16);
            assertThat(found.toFloats())
                    .isEqualTo(gguf.require("token_embd.weight", EMBEDDING).toFloats());
        }
    }

    @Test
    void eightBitFloatsAreListedAndRefusedByName() throws IOException {
        String name = "model.layers.0.self_attn.q_a_proj.weight";
        try (Checkpoint folder =
                Checkpoint.open(data.resolve("weights-tiny-deepseek-v3-random/hf-fp8"))) {
            assertThat(folder.tensorInfos())
                    .anyMatch(t -> t.name().equals(name) && t.dtypeName().equals("F8_E4M3"));
            assertThatThrownBy(() -> folder.require(name, Shape.of(64, 128)))
                    .isInstanceOf(UnsupportedTensorException.class)
                    .hasMessageContaining(name)
                    .hasMessageContaining("is stored as F8_E4M3");
        }
    }

    @Test
    void eightBitFloatsTimesTheirScalesAreTheFullNumbersWithinTheirPrecision() throws IOException {
        Path model = data.resolve("weights-tiny-deepseek-v3-random");
        int scaled = 0;
        try (Checkpoint full = Checkpoint.open(model.resolve("hf"));
                Checkpoint eight = Checkpoint.open(model.resolve("hf-fp8"))) {
            for (TensorInfo info : full.tensorInfos()) {
                int rows = Math.toIntExact(info.shape().rows());
                int count = Math.toIntExact(info.shape().elements());
                float[] expected = new float[count];
                float[] found = new float[count];
                full.decodeRows(info.name(), 0, rows, expected);
                eight.decodeRows(info.name(), 0, rows, found);
                boolean isScaled = eight.isScaled(info.name());
                scaled += isScaled ? 1 : 0;
                float largest = 0;
                for (float number : expected) {
                    largest = Math.max(largest, Math.abs(number));
                }
                for (int i = 0; i < count; i++) {
                    // three bits of mantissa: half a step is 1/16; subnormals: 448 is the largest
                    float step =
                            isScaled
                                    ? Math.max(Math.abs(expected[i]) / 16, largest / 448 / 1024)
                                    : 0;
                    assertThat(found[i])
                            .as("%s[%d]", info.name(), i)
                            .isBetween(expected[i] - 1.01f * step, expected[i] + 1.01f * step);
                }
            }
        }
        assertThat(scaled).isGreaterThan(20);
    }

    @Test
    void aConfigWithNestedAndNullKeysIsRead() throws IOException {
        try (Checkpoint folder =
                Checkpoint.open(data.resolve("weights-tiny-deepseek-v3-random/hf"))) {
            Metadata config = folder.config().orElseThrow();
            assertThat(config.contains("rope_scaling")).isFalse();
            assertThat(config.requireStringList("architectures"))
                    .containsExactly("DeepseekV3ForCausalLM");
            assertThat(config.requireBool("norm_topk_prob")).isTrue();
        }
    }
}
