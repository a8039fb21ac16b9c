package dev.cachalot.model;

import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import java.util.Optional;

/**
 * The mixture of experts in a {@code config.json} of {@code deepseek_v2} and {@code deepseek_v3}.
 */
final class HuggingFaceMoe {

    static Optional<MoeConfig> read(String modelType, Metadata config) {
        int experts = config.findInt("n_routed_experts").orElse(0);
        if (experts == 0) {
            return Optional.empty();
        }
        boolean v3 = modelType.equals("deepseek_v3"); // its own library states no method
        int every = config.findInt("moe_layer_freq").orElse(1);
        if (every != 1) {
            throw new UnsupportedModelException(
                    "moe_layer_freq is " + every + "; this build knows experts in every layer (1)");
        }
        String method = config.findString("topk_method").orElse(v3 ? "noaux_tc" : "greedy");
        boolean grouped = !method.equals("greedy");
        int groups = grouped ? config.findInt("n_group").orElse(1) : 1;
        RouteRule rule =
                new RouteRule(
                        scoring(config, v3),
                        config.requireInt("num_experts_per_tok"),
                        groups,
                        grouped ? config.findInt("topk_group").orElse(groups) : 1,
                        groupScore(method),
                        config.findBool("norm_topk_prob").orElse(v3),
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

    private static Scoring scoring(Metadata config, boolean v3) {
        String function = config.findString("scoring_func").orElse(v3 ? "sigmoid" : "softmax");
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

    private HuggingFaceMoe() {}
}
