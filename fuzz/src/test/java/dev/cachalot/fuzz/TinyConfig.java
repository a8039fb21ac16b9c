package dev.cachalot.fuzz;

import java.util.Set;

/** The config.json of models too small to be of use. */
final class TinyConfig {
    static final String V3 =
            """
            {"architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "vocab_size": 8,
             "hidden_size": 4, "num_hidden_layers": 2, "intermediate_size": 6, "rms_norm_eps": 1e-6,
             "max_position_embeddings": 64, "num_attention_heads": 2, "q_lora_rank": 4, "kv_lora_rank": 4,
             "qk_nope_head_dim": 2, "qk_rope_head_dim": 2, "v_head_dim": 2, "rope_theta": 10000,
             "rope_scaling": {"type": "yarn", "factor": 40, "original_max_position_embeddings": 16,
               "beta_fast": 32, "beta_slow": 1, "mscale": 1.0, "mscale_all_dim": 1.0},
             "n_routed_experts": 4, "n_shared_experts": 1, "moe_intermediate_size": 4,
             "num_experts_per_tok": 2, "first_k_dense_replace": 1, "n_group": 2, "topk_group": 1,
             "topk_method": "noaux_tc", "scoring_func": "sigmoid", "norm_topk_prob": true,
             "routed_scaling_factor": 2.5, "num_nextn_predict_layers": 0, "tie_word_embeddings": false,
             "quantization_config": null}
            """;

    static final String V2 =
            """
            {"model_type": "deepseek_v2", "vocab_size": 8, "hidden_size": 4, "num_hidden_layers": 1,
             "intermediate_size": 6, "rms_norm_eps": 1e-6, "max_position_embeddings": 64,
             "num_attention_heads": 2, "q_lora_rank": null, "kv_lora_rank": 4, "qk_nope_head_dim": 2,
             "qk_rope_head_dim": 2, "v_head_dim": 2}
            """;

    static final Set<String> WORDS =
            Set.of(
                    "\"model_type\":",
                    "\"deepseek_v3\"",
                    "\"deepseek_v2\"",
                    "\"llama\"",
                    "\"qwen2\"",
                    "\"qwen3\"",
                    "\"rope_scaling\":{",
                    "\"rope_type\":",
                    "\"llama3\"",
                    "\"low_freq_factor\":",
                    "\"high_freq_factor\":",
                    "\"num_key_value_heads\":",
                    "\"head_dim\":",
                    "\"quantization_config\":{",
                    "\"quant_method\":\"fp8\"",
                    "\"weight_block_size\":[128,128]",
                    "\"greedy\"",
                    "\"group_limited_greedy\"",
                    "\"softmax\"",
                    "\"num_nextn_predict_layers\":",
                    "2147483647",
                    "-1",
                    "0",
                    "1e308",
                    "1e-30",
                    "NaN",
                    "null",
                    "{}",
                    "[]");

    private TinyConfig() {}
}
