package dev.cachalot.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.checkpoint.SafetensorsWriter;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import dev.cachalot.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations of published models, in the words of their files. */
class ModelConfigsTest {
    private static final String DENSE =
            """
            "hidden_act": "silu", "hidden_size": 2048, "intermediate_size": 8192,
            "max_position_embeddings": 131072, "num_attention_heads": 32,
            "num_hidden_layers": 16, "num_key_value_heads": 8, "rms_norm_eps": 1e-05,
            "vocab_size": 128256, "rope_theta": 500000.0
            """;
    private static final String LATENT =
            """
            "hidden_act": "silu", "hidden_size": 7168, "intermediate_size": 18432,
            "kv_lora_rank": 512, "max_position_embeddings": 163840, "moe_intermediate_size": 2048,
            "moe_layer_freq": 1, "first_k_dense_replace": 3, "n_group": 8, "topk_group": 4,
            "n_routed_experts": 256, "n_shared_experts": 1, "norm_topk_prob": true,
            "num_attention_heads": 128, "num_experts_per_tok": 8, "num_hidden_layers": 61,
            "num_key_value_heads": 128, "num_nextn_predict_layers": 1, "q_lora_rank": 1536,
            "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "rms_norm_eps": 1e-06,
            "rope_theta": 10000, "routed_scaling_factor": 2.5, "v_head_dim": 128,
            "vocab_size": 129280, "rope_scaling": {"beta_fast": 32, "beta_slow": 1, "factor": 40,
            "mscale": 1.0, "mscale_all_dim": 1.0, "original_max_position_embeddings": 4096,
            "type": "yarn"}
            """;

    @TempDir Path folder;

    /** Reads a folder with this config.json and with empty rows of tensors of these names. */
    private ModelConfig read(String json, String... tensors) throws Exception {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        writer.add("nothing", Shape.of(1, 1), DType.F32, (row, target) -> target[0] = 0);
        for (String name : tensors) {
            writer.add(name, Shape.of(1, 1), DType.F32, (row, target) -> target[0] = 0);
        }
        writer.write(folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("config.json"), "{" + json + "}");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            return ModelConfigs.read(checkpoint);
        }
    }

    private ModelConfig readGguf(MetadataBuilder metadata, Map<String, float[]> tensors)
            throws Exception {
        GgufWriter writer = new GgufWriter(metadata.build());
        writer.add("nothing", Shape.of(1), DType.F32, (row, target) -> target[0] = 0);
        tensors.forEach(
                (name, numbers) ->
                        writer.add(
                                name,
                                Shape.of(numbers.length),
                                DType.F32,
                                (row, target) ->
                                        System.arraycopy(numbers, 0, target, 0, target.length)));
        Path file = folder.resolve("model.gguf");
        writer.write(file);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            return ModelConfigs.read(checkpoint);
        }
    }

    private static MetadataBuilder dense(String architecture) {
        String prefix = architecture + ".";
        return Metadata.builder()
                .string("general.architecture", architecture)
                .u32(prefix + "block_count", 28)
                .u32(prefix + "context_length", 32_768)
                .u32(prefix + "embedding_length", 1024)
                .u32(prefix + "feed_forward_length", 3072)
                .u32(prefix + "vocab_size", 1000)
                .u32(prefix + "attention.head_count", 16)
                .u32(prefix + "attention.head_count_kv", 8)
                .f32(prefix + "attention.layer_norm_rms_epsilon", 1e-6f)
                .f32(prefix + "rope.freq_base", 1e6f);
    }

    private static MetadataBuilder latent() {
        return Metadata.builder()
                .string("general.architecture", "deepseek2")
                .u32("deepseek2.context_length", 4096)
                .u32("deepseek2.embedding_length", 64)
                .u32("deepseek2.feed_forward_length", 128)
                .u32("deepseek2.vocab_size", 1000)
                .u32("deepseek2.attention.head_count", 4)
                .u32("deepseek2.attention.kv_lora_rank", 32)
                .u32("deepseek2.attention.key_length", 24)
                .u32("deepseek2.attention.value_length", 16)
                .u32("deepseek2.rope.dimension_count", 8)
                .f32("deepseek2.attention.layer_norm_rms_epsilon", 1e-6f)
                .u32("deepseek2.expert_count", 8)
                .u32("deepseek2.expert_used_count", 2)
                .u32("deepseek2.expert_feed_forward_length", 32)
                .u32("deepseek2.expert_group_count", 4)
                .u32("deepseek2.expert_group_used_count", 2);
    }

    @Test
    void deepSeekDistillationsOnLlamaAndQwen() throws Exception {
        ModelConfig llama =
                read(
                        "\"model_type\": \"llama\", "
                                + DENSE
                                + ", \"rope_scaling\": {\"factor\": 8.0, \"high_freq_factor\": 4.0,"
                                + " \"low_freq_factor\": 1.0,"
                                + " \"original_max_position_embeddings\": 8192,"
                                + " \"rope_type\": \"llama3\"}");
        assertThat(llama.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                32, 8, 64, 64, RotaryPairs.HALVES, false, false, false));
        assertThat(llama.rope())
                .isEqualTo(
                        new RopeConfig(
                                500_000, Optional.of(new RopeScaling.Llama3(8, 1, 4, 8192))));
        assertThat(llama.cacheLayout().bytesPerToken()).isEqualTo(16L * 2 * 8 * 64 * 4);

        ModelConfig qwen2 =
                read("\"model_type\": \"qwen2\", \"use_sliding_window\": false, " + DENSE);
        assertThat(qwen2.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                32, 8, 64, 64, RotaryPairs.HALVES, true, false, false));
        assertThat(qwen2.rope().ropeScaling()).isEmpty();

        ModelConfig qwen3 =
                read(
                        "\"model_type\": \"qwen3\", \"head_dim\": 128, "
                                + DENSE
                                + ", \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 4.0,"
                                + " \"original_max_position_embeddings\": 32768}");
        assertThat(qwen3.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                32, 8, 128, 128, RotaryPairs.HALVES, false, false, true));
        assertThat(qwen3.rope().ropeScaling())
                .contains(new RopeScaling.Yarn(4, 32_768, 32, 1, 1, 0));
    }

    @Test
    void deepSeekV3AndItsNextTokenBlockWhereTheFileHasIt() throws Exception {
        String words =
                "\"model_type\": \"deepseek_v3\", \"topk_method\": \"noaux_tc\","
                        + " \"scoring_func\": \"sigmoid\", "
                        + LATENT;
        ModelConfig without = read(words);
        assertThat(without.numNextnPredictLayers()).isZero();
        assertThat(without.numHiddenLayers()).isEqualTo(61);
        RouteRule v3 =
                new RouteRule(Scoring.SIGMOID, 8, 8, 4, GroupScore.SUM_OF_TOP_TWO, true, 2.5f);
        assertThat(without.moe().orElseThrow()).isEqualTo(new MoeConfig(256, 1, 2048, 3, v3, true));
        assertThat(without.rope().ropeScaling())
                .contains(new RopeScaling.Yarn(40, 4096, 32, 1, 1, 1));
        ModelConfig with = read(words, "model.layers.61.eh_proj.weight");
        assertThat(with.numNextnPredictLayers()).isOne();
        assertThat(with.numHiddenLayers()).isEqualTo(61);
        assertThat(read("\"model_type\": \"deepseek_v3\", " + LATENT).moe())
                .as("the library's own config.json states neither method nor function")
                .isEqualTo(without.moe());
    }

    @Test
    void deepSeekV2RanksGroupsByTheirBest() throws Exception {
        ModelConfig v2 =
                read(
                        "\"model_type\": \"deepseek_v2\", \"topk_method\":"
                                + " \"group_limited_greedy\", \"scoring_func\": \"softmax\", "
                                + LATENT);
        assertThat(v2.moe().orElseThrow().route().groupScore()).isEqualTo(GroupScore.MAX);
        assertThat(v2.moe().orElseThrow().correctionBias()).isFalse();
    }

    @Test
    void ggufGroupsAreRankedAsTheGateTells() throws Exception {
        ModelConfig v3 =
                readGguf(
                        latent().u32("deepseek2.block_count", 2)
                                .u32("deepseek2.expert_gating_func", 2),
                        Map.of());
        assertThat(v3.moe().orElseThrow().route().groupScore())
                .isEqualTo(GroupScore.SUM_OF_TOP_TWO);
        ModelConfig v2 = readGguf(latent().u32("deepseek2.block_count", 2), Map.of());
        assertThat(v2.moe().orElseThrow().route().groupScore()).isEqualTo(GroupScore.MAX);
        assertThat(v2.moe().orElseThrow().route().groups()).isEqualTo(4);
    }

    @Test
    void ggufNextTokenBlockIsCountedOrLeftOut() throws Exception {
        float[] one = {1};
        MetadataBuilder words =
                latent().u32("deepseek2.block_count", 3).u32("deepseek2.nextn_predict_layers", 1);
        ModelConfig with = readGguf(words, Map.of("blk.2.nextn.eh_proj.weight", one));
        assertThat(with.numHiddenLayers()).isEqualTo(2);
        assertThat(with.numNextnPredictLayers()).isOne();
        ModelConfig left = readGguf(words, Map.of("blk.1.attn_norm.weight", one));
        assertThat(left.numHiddenLayers()).isEqualTo(2);
        assertThat(left.numNextnPredictLayers()).isZero();
        ModelConfig notCounted = readGguf(words, Map.of("blk.2.attn_norm.weight", one));
        assertThat(notCounted.numHiddenLayers()).isEqualTo(3);
        assertThat(notCounted.numNextnPredictLayers()).isZero();
    }

    @Test
    void ggufOfLlamaAndQwen() throws Exception {
        ModelConfig llama =
                readGguf(dense("llama"), Map.of("rope_freqs.weight", new float[] {1, 2, 8}));
        assertThat(llama.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                16, 8, 64, 64, RotaryPairs.ADJACENT, false, false, false));
        assertThat(llama.rope().ropeScaling())
                .contains(new RopeScaling.Divisors(List.of(1f, 2f, 8f)));
        ModelConfig qwen2 =
                readGguf(
                        dense("qwen2")
                                .string("qwen2.rope.scaling.type", "yarn")
                                .f32("qwen2.rope.scaling.factor", 4)
                                .u32("qwen2.rope.scaling.original_context_length", 32_768),
                        Map.of());
        assertThat(qwen2.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                16, 8, 64, 64, RotaryPairs.HALVES, true, false, false));
        assertThat(qwen2.rope().ropeScaling())
                .contains(new RopeScaling.Yarn(4, 32_768, 32, 1, 1, 0));
        ModelConfig qwen3 =
                readGguf(
                        dense("qwen3")
                                .u32("qwen3.attention.key_length", 128)
                                .u32("qwen3.attention.value_length", 128)
                                .string("qwen3.rope.scaling.type", "linear")
                                .f32("qwen3.rope.scaling.factor", 2),
                        Map.of());
        assertThat(qwen3.attention())
                .isEqualTo(
                        new GroupedQueryConfig(
                                16, 8, 128, 128, RotaryPairs.HALVES, false, false, true));
        assertThat(qwen3.rope().ropeScaling()).contains(new RopeScaling.Linear(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen2moe", "qwen3moe", "gemma3", "deepseek", "", "Llama"})
    void otherArchitecturesAreRefusedByNameWithTheListOfThoseKnown(String name) throws Exception {
        assertThatThrownBy(
                        () ->
                                readGguf(
                                        Metadata.builder().string("general.architecture", name),
                                        Map.of()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("\"" + name + "\"")
                .hasMessageContaining("deepseek2, llama, qwen2, qwen3");
        assertThatThrownBy(() -> read("\"model_type\": \"" + name + "\""))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("\"" + name + "\"")
                .hasMessageContaining("deepseek_v2, deepseek_v3, llama, qwen2, qwen3");
    }

    @Test
    void wordsThatWouldChangeTheArithmeticAreRefused() {
        String llama = "\"model_type\": \"llama\", " + DENSE;
        assertRefused(llama.replace("silu", "gelu"), "hidden_act is gelu");
        assertRefused(llama + ", \"mlp_bias\": true", "mlp_bias is true");
        assertRefused(
                "\"model_type\": \"qwen2\", \"use_sliding_window\": true, " + DENSE,
                "use_sliding_window is true");
        assertRefused(
                llama + ", \"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}",
                "rope_type is \"dynamic\"; this build knows default, linear, llama3 and yarn");
        assertRefused(
                llama.replace("\"num_key_value_heads\": 8", "\"num_key_value_heads\": 5"),
                "num_key_value_heads 5");
        assertRefused(
                llama.replace("\"hidden_size\": 2048", "\"hidden_size\": 2047"),
                "hidden_size is 2047");
        assertRefused(
                "\"model_type\": \"deepseek_v3\", "
                        + LATENT.replace("\"moe_layer_freq\": 1", "\"moe_layer_freq\": 2"),
                "moe_layer_freq is 2");
        assertThatThrownBy(() -> readGguf(dense("llama").u32("llama.expert_count", 8), Map.of()))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining("mixture of experts");
    }

    private void assertRefused(String json, String message) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(UnsupportedModelException.class)
                .hasMessageContaining(message);
    }
}
