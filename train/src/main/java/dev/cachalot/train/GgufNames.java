package dev.cachalot.train;

import java.util.Map;

/** GGUF's names of a decoder's parameters ({@code deepseek2}, layout with a joint kv_b). */
final class GgufNames {
    private static final Map<String, String> WHOLE =
            Map.of(
                    "model.embed_tokens.weight", "token_embd.weight",
                    "model.norm.weight", "output_norm.weight",
                    "lm_head.weight", "output.weight");

    private static final Map<String, String> IN_LAYER =
            Map.ofEntries(
                    Map.entry("input_layernorm.weight", "attn_norm.weight"),
                    Map.entry("self_attn.q_proj.weight", "attn_q.weight"),
                    Map.entry("self_attn.q_a_proj.weight", "attn_q_a.weight"),
                    Map.entry("self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight"),
                    Map.entry("self_attn.q_b_proj.weight", "attn_q_b.weight"),
                    Map.entry("self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight"),
                    Map.entry("self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight"),
                    Map.entry("self_attn.kv_b_proj.weight", "attn_kv_b.weight"),
                    Map.entry("self_attn.o_proj.weight", "attn_output.weight"),
                    Map.entry("post_attention_layernorm.weight", "ffn_norm.weight"),
                    Map.entry("mlp.gate_proj.weight", "ffn_gate.weight"),
                    Map.entry("mlp.up_proj.weight", "ffn_up.weight"),
                    Map.entry("mlp.down_proj.weight", "ffn_down.weight"),
                    Map.entry("mlp.gate.weight", "ffn_gate_inp.weight"),
                    Map.entry("mlp.gate.e_score_correction_bias", "exp_probs_b.bias"),
                    Map.entry("mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight"),
                    Map.entry("mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight"),
                    Map.entry("mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight"),
                    Map.entry("mlp.experts.gate_proj.weight", "ffn_gate_exps.weight"),
                    Map.entry("mlp.experts.up_proj.weight", "ffn_up_exps.weight"),
                    Map.entry("mlp.experts.down_proj.weight", "ffn_down_exps.weight"),
                    Map.entry("enorm.weight", "nextn.enorm.weight"),
                    Map.entry("hnorm.weight", "nextn.hnorm.weight"),
                    Map.entry("eh_proj.weight", "nextn.eh_proj.weight"),
                    Map.entry("shared_head.norm.weight", "nextn.shared_head_norm.weight"));

    private static final String LAYERS = "model.layers.";

    /** The name of the tensor that holds a parameter; all experts of a layer share one. */
    static String of(String parameter) {
        String whole = WHOLE.get(parameter);
        if (whole != null) {
            return whole;
        }
        int dot = parameter.indexOf('.', LAYERS.length());
        String rest =
                parameter.substring(dot + 1).replaceFirst("\\.experts\\.\\d+\\.", ".experts.");
        String local = IN_LAYER.get(rest);
        if (local == null || !parameter.startsWith(LAYERS)) {
            throw new IllegalArgumentException("parameter '" + parameter + "' has no GGUF name");
        }
        return "blk." + parameter.substring(LAYERS.length(), dot) + "." + local;
    }

    private GgufNames() {}
}
