package dev.cachalot.model;

import java.util.LinkedHashMap;
import java.util.Map;

/** One table of tensor names a dialect: from Hugging Face's words to those of the file. */
final class WeightNames {
    private static final Map<String, String> GGUF_TOP =
            Map.of(
                    "model.embed_tokens.weight", "token_embd.weight",
                    "model.norm.weight", "output_norm.weight",
                    "lm_head.weight", "output.weight");
    private static final Map<String, String> GGUF_LAYER = new LinkedHashMap<>();

    static {
        GGUF_LAYER.put("input_layernorm.weight", "attn_norm.weight");
        GGUF_LAYER.put("self_attn.q_proj.weight", "attn_q.weight");
        GGUF_LAYER.put("self_attn.q_a_proj.weight", "attn_q_a.weight");
        GGUF_LAYER.put("self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight");
        GGUF_LAYER.put("self_attn.q_b_proj.weight", "attn_q_b.weight");
        GGUF_LAYER.put("self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight");
        GGUF_LAYER.put("self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight");
        GGUF_LAYER.put("self_attn.kv_b_proj.weight", "attn_kv_b.weight");
        GGUF_LAYER.put("self_attn.o_proj.weight", "attn_output.weight");
        GGUF_LAYER.put("post_attention_layernorm.weight", "ffn_norm.weight");
        GGUF_LAYER.put("mlp.gate_proj.weight", "ffn_gate.weight");
        GGUF_LAYER.put("mlp.up_proj.weight", "ffn_up.weight");
        GGUF_LAYER.put("mlp.down_proj.weight", "ffn_down.weight");
        GGUF_LAYER.put("mlp.gate.weight", "ffn_gate_inp.weight");
        GGUF_LAYER.put("mlp.gate.e_score_correction_bias", "exp_probs_b.bias");
        GGUF_LAYER.put("mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight");
        GGUF_LAYER.put("mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight");
        GGUF_LAYER.put("mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight");
        GGUF_LAYER.put("enorm.weight", "nextn.enorm.weight");
        GGUF_LAYER.put("hnorm.weight", "nextn.hnorm.weight");
        GGUF_LAYER.put("eh_proj.weight", "nextn.eh_proj.weight");
        GGUF_LAYER.put("shared_head.norm.weight", "nextn.shared_head_norm.weight");
    }

    /** Where one expert's matrix lies in a stack [experts, outputs, inputs]. */
    record Stacked(String name, int expert) {}

    /** The GGUF name of a parameter that is a tensor of its own. */
    static String gguf(String name) {
        String top = GGUF_TOP.get(name);
        if (top != null) {
            return top;
        }
        String[] parts = split(name);
        String local = GGUF_LAYER.get(parts[1]);
        if (local == null) {
            throw new IllegalArgumentException("no GGUF name is known for the parameter " + name);
        }
        return "blk." + parts[0] + "." + local;
    }

    /** Whether a parameter is one expert's, which GGUF keeps in a stack. */
    static boolean isExpert(String name) {
        return name.contains(".mlp.experts.");
    }

    /**
     * The stack of an expert's matrix, from {@code model.layers.N.mlp.experts.E.gate_proj.weight}.
     */
    static Stacked ggufStack(String name) {
        String[] parts = split(name);
        String[] words = parts[1].split("\\.", -1); // mlp experts E gate_proj weight
        String kind = words[3].substring(0, words[3].indexOf('_'));
        return new Stacked(
                "blk." + parts[0] + ".ffn_" + kind + "_exps.weight", Integer.parseInt(words[2]));
    }

    /** {@code model.layers.N.rest} as N and rest. */
    private static String[] split(String name) {
        String prefix = "model.layers.";
        int dot = name.startsWith(prefix) ? name.indexOf('.', prefix.length()) : -1;
        if (dot < 0) {
            throw new IllegalArgumentException("no GGUF name is known for the parameter " + name);
        }
        return new String[] {name.substring(prefix.length(), dot), name.substring(dot + 1)};
    }

    private WeightNames() {}
}
