package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.model.GroupedQueryConfig;
import dev.cachalot.model.MlaConfig;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.model.RopeScaling;
import dev.cachalot.tensor.RouteRule;

/**
 * A model's configuration in GGUF's keys, of the layout that keeps a latent's keys and values apart
 * (gguf-py/gguf/constants.py of llama.cpp).
 */
final class GgufKeys {
    private final ModelConfig config;
    private final String prefix;
    private final MetadataBuilder metadata;

    private GgufKeys(ModelConfig config, String architecture, MetadataBuilder metadata) {
        this.config = config;
        this.prefix = architecture + ".";
        this.metadata = metadata;
    }

    /** GGUF's word for an architecture: one for both of DeepSeek's. */
    static String architecture(ModelConfig config) {
        return config.architecture().startsWith("deepseek") ? "deepseek2" : config.architecture();
    }

    static void put(ModelConfig config, MetadataBuilder metadata) {
        new GgufKeys(config, architecture(config), metadata).all();
    }

    private void all() {
        u32("block_count", config.numHiddenLayers() + config.numNextnPredictLayers());
        u32("context_length", config.maxPositionEmbeddings());
        u32("embedding_length", config.hiddenSize());
        u32("feed_forward_length", config.intermediateSize());
        u32("vocab_size", config.vocabSize());
        f32("attention.layer_norm_rms_epsilon", config.rmsNormEps());
        u32("attention.head_count", config.attention().numAttentionHeads());
        switch (config.attention()) {
            case MlaConfig mla -> latent(mla);
            case GroupedQueryConfig grouped -> grouped(grouped);
        }
        u32("rope.dimension_count", GgufTensors.rotaryDim(config.attention()));
        f32("rope.freq_base", config.rope().ropeTheta());
        config.rope().ropeScaling().ifPresent(this::scaling);
        config.moe().ifPresent(this::experts);
        if (config.numNextnPredictLayers() > 0) {
            u32("nextn_predict_layers", config.numNextnPredictLayers());
        }
    }

    private void latent(MlaConfig mla) {
        int absorbed = mla.kvLoraRank() + mla.qkRopeHeadDim();
        u32("attention.head_count_kv", 1);
        mla.qLoraRank().ifPresent(rank -> u32("attention.q_lora_rank", rank));
        u32("attention.kv_lora_rank", mla.kvLoraRank());
        u32("attention.key_length", absorbed);
        u32("attention.value_length", mla.kvLoraRank());
        u32("attention.key_length_mla", mla.qkHeadDim());
        u32("attention.value_length_mla", mla.vHeadDim());
    }

    private void grouped(GroupedQueryConfig attention) {
        u32("attention.head_count_kv", attention.numKeyValueHeads());
        u32("attention.key_length", attention.headDim());
        u32("attention.value_length", attention.headDim());
    }

    private void scaling(RopeScaling scaling) {
        switch (scaling) {
            case RopeScaling.Linear(double factor) -> {
                metadata.string(prefix + "rope.scaling.type", "linear");
                f32("rope.scaling.factor", factor);
            }
            case RopeScaling.Yarn yarn -> yarn(yarn);
            case RopeScaling.Llama3 _, RopeScaling.Divisors _ -> {} // a tensor says it
        }
    }

    private void yarn(RopeScaling.Yarn yarn) {
        metadata.string(prefix + "rope.scaling.type", "yarn");
        f32("rope.scaling.factor", yarn.factor());
        u32("rope.scaling.original_context_length", yarn.originalMaxPositionEmbeddings());
        f32("rope.scaling.yarn_beta_fast", yarn.betaFast());
        f32("rope.scaling.yarn_beta_slow", yarn.betaSlow());
        if (config.attention() instanceof MlaConfig) {
            if (yarn.mscale() != yarn.mscaleAllDim()) {
                throw new ConversionException(
                        "rope_scaling has mscale %s and mscale_all_dim %s; GGUF has one number for both, so only equal ones can be converted"
                                .formatted(yarn.mscale(), yarn.mscaleAllDim()));
            }
            f32("rope.scaling.yarn_log_multiplier", 0.1 * yarn.mscaleAllDim());
            return;
        }
        double usual = 1 + 0.1 * Math.log(Math.max(1, yarn.factor()));
        double more = yarn.tableFactor() / usual;
        if (Math.abs(more - 1) > 1e-6) {
            f32("rope.scaling.attn_factor", more);
        }
    }

    private void experts(MoeConfig moe) {
        RouteRule rule = moe.route();
        u32("leading_dense_block_count", moe.firstKDenseReplace());
        u32("expert_count", moe.nRoutedExperts());
        u32("expert_used_count", rule.topK());
        u32("expert_shared_count", moe.nSharedExperts());
        u32("expert_feed_forward_length", moe.moeIntermediateSize());
        f32("expert_weights_scale", rule.scale());
        metadata.bool(prefix + "expert_weights_norm", rule.normalize());
        u32(
                "expert_gating_func",
                switch (rule.scoring()) {
                    case SOFTMAX -> 1;
                    case SIGMOID -> 2;
                });
        if (rule.groups() > 1) {
            u32("expert_group_count", rule.groups());
            u32("expert_group_used_count", rule.topGroups());
        }
    }

    private void u32(String key, int value) {
        metadata.u32(prefix + key, value);
    }

    private void f32(String key, double value) {
        metadata.f32(prefix + key, (float) value);
    }
}
