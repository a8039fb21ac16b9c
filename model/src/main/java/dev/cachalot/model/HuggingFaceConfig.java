package dev.cachalot.model;

import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import java.util.Optional;

/** The configuration in a {@code config.json} of {@code deepseek_v2} and {@code deepseek_v3}. */
final class HuggingFaceConfig {

    static ModelConfig read(String modelType, Metadata config) {
        return new ModelConfig(
                modelType,
                config.requireInt("vocab_size"),
                config.requireInt("hidden_size"),
                config.requireInt("num_hidden_layers"),
                config.requireInt("intermediate_size"),
                config.requireFloat("rms_norm_eps"),
                config.requireInt("max_position_embeddings"),
                new MlaConfig(
                        config.requireInt("num_attention_heads"),
                        config.findInt("q_lora_rank"),
                        config.requireInt("kv_lora_rank"),
                        config.requireInt("qk_nope_head_dim"),
                        config.requireInt("qk_rope_head_dim"),
                        config.requireInt("v_head_dim")),
                rope(config),
                moe(config),
                0); // the block of layer 61 is read with issue B's checkpoints
    }

    private static RopeConfig rope(Metadata config) {
        double theta = config.findFloat("rope_theta").orElse(10_000f);
        Optional<String> type =
                config.findString("rope_scaling.type")
                        .or(() -> config.findString("rope_scaling.rope_type"));
        if (type.isEmpty() || type.get().equals("default")) {
            return new RopeConfig(theta, Optional.empty());
        }
        if (!type.get().equals("yarn")) {
            throw new UnsupportedModelException(
                    "rope_scaling.type is \""
                            + type.get()
                            + "\"; this build knows yarn for DeepSeek models");
        }
        return new RopeConfig(
                theta,
                Optional.of(
                        new RopeConfig.Yarn(
                                config.requireFloat("rope_scaling.factor"),
                                config.requireInt("rope_scaling.original_max_position_embeddings"),
                                config.findFloat("rope_scaling.beta_fast").orElse(32f),
                                config.findFloat("rope_scaling.beta_slow").orElse(1f),
                                config.findFloat("rope_scaling.mscale").orElse(1f),
                                config.findFloat("rope_scaling.mscale_all_dim").orElse(0f))));
    }

    private static Optional<MoeConfig> moe(Metadata config) {
        int experts = config.findInt("n_routed_experts").orElse(0);
        if (experts == 0) {
            return Optional.empty();
        }
        String method = config.findString("topk_method").orElse("greedy");
        boolean grouped = !method.equals("greedy");
        int groups = grouped ? config.findInt("n_group").orElse(1) : 1;
        RouteRule rule =
                new RouteRule(
                        scoring(config),
                        config.requireInt("num_experts_per_tok"),
                        groups,
                        grouped ? config.findInt("topk_group").orElse(groups) : 1,
                        groupScore(method),
                        config.findBool("norm_topk_prob").orElse(false),
                        config.findFloat("routed_scaling_factor").orElse(1f));
        return Optional.of(
                new MoeConfig(
                        experts,
                        config.findInt("n_shared_experts").orElse(0),
                        config.requireInt("moe_intermediate_size"),
                        config.findInt("first_k_dense_replace").orElse(0),
                        rule,
                        method.equals("noaux_tc")));
    }

    private static Scoring scoring(Metadata config) {
        String function = config.findString("scoring_func").orElse("softmax");
        return switch (function) {
            case "softmax" -> Scoring.SOFTMAX;
            case "sigmoid" -> Scoring.SIGMOID;
            default ->
                    throw new UnsupportedModelException(
                            "scoring_func is \""
                                    + function
                                    + "\"; this build knows softmax and sigmoid");
        };
    }

    private static GroupScore groupScore(String method) {
        return switch (method) {
            case "greedy", "group_limited_greedy" -> GroupScore.MAX;
            case "noaux_tc" -> GroupScore.SUM_OF_TOP_TWO;
            default ->
                    throw new UnsupportedModelException(
                            "topk_method is \""
                                    + method
                                    + "\"; this build knows greedy, group_limited_greedy and noaux_tc");
        };
    }

    private HuggingFaceConfig() {}
}
