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
