package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tensor.RotaryPairs;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The configuration in a {@code config.json}, of the model types that {@link ModelConfigs} lists.
 */
final class HuggingFaceConfig {
    private final String modelType;
    private final Metadata config;
    private final Checkpoint checkpoint;

    private HuggingFaceConfig(String modelType, Metadata config, Checkpoint checkpoint) {
        this.modelType = modelType;
        this.config = config;
        this.checkpoint = checkpoint;
    }

    static ModelConfig read(String modelType, Metadata config, Checkpoint checkpoint) {
        return new HuggingFaceConfig(modelType, config, checkpoint).config();
    }

    private ModelConfig config() {
        checkWords();
        boolean latent = modelType.startsWith("deepseek_");
        int layers = config.requireInt("num_hidden_layers");
        return new ModelConfig(
                modelType,
                config.requireInt("vocab_size"),
                config.requireInt("hidden_size"),
                layers,
                config.requireInt("intermediate_size"),
                config.requireFloat("rms_norm_eps"),
                config.requireInt("max_position_embeddings"),
                latent ? latentAttention() : groupedAttention(),
                HuggingFaceRope.read(config),
                latent ? HuggingFaceMoe.read(modelType, config) : Optional.empty(),
                latent ? nextTokenBlocks(layers) : 0);
    }

    /** What would change the arithmetic in a way that this build does not know. */
    private void checkWords() {
        String activation = config.findString("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw unknown("hidden_act", activation, "silu");
        }
        for (String key : new String[] {"mlp_bias", "use_sliding_window"}) {
            if (config.findBool(key).orElse(false)) {
                throw unknown(key, "true", "false");
            }
        }
        if (modelType.startsWith("deepseek_") && config.findBool("attention_bias").orElse(false)) {
            throw unknown("attention_bias", "true", "false for DeepSeek models");
        }
        if (!config.findBool("rope_interleave").orElse(true)) {
            throw unknown("rope_interleave", "false", "true");
        }
    }

    private UnsupportedModelException unknown(String key, String found, String known) {
        return new UnsupportedModelException(
                checkpoint.path()
                        + ": "
                        + key
                        + " is "
                        + found
                        + "; this build knows "
                        + known
                        + " (model_type "
                        + modelType
                        + ")");
    }

    private MlaConfig latentAttention() {
        return new MlaConfig(
                config.requireInt("num_attention_heads"),
                config.findInt("q_lora_rank"),
                config.requireInt("kv_lora_rank"),
                config.requireInt("qk_nope_head_dim"),
                config.requireInt("qk_rope_head_dim"),
                config.requireInt("v_head_dim"));
    }

    private GroupedQueryConfig groupedAttention() {
        int heads = config.requireInt("num_attention_heads");
        Sizes.checkPositive("num_attention_heads", heads);
        OptionalInt stated = config.findInt("head_dim");
        int headDim =
                stated.isPresent()
                        ? stated.getAsInt()
                        : Sizes.divided("hidden_size", config.requireInt("hidden_size"), heads);
        boolean bias = config.findBool("attention_bias").orElse(false);
        return new GroupedQueryConfig(
                heads,
                config.findInt("num_key_value_heads").orElse(heads),
                headDim,
                headDim,
                RotaryPairs.HALVES,
                bias || modelType.equals("qwen2"),
                bias,
                modelType.equals("qwen3"));
    }

    /** Published files leave the blocks out as often as they have them; the config counts both. */
    private int nextTokenBlocks(int layers) {
        String name = "model.layers." + layers + ".eh_proj.weight";
        return checkpoint.info(name).isPresent()
                ? config.findInt("num_nextn_predict_layers").orElse(0)
                : 0;
    }
}
