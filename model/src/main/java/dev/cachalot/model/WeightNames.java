package dev.cachalot.model;

import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names of tensors in the two dialects of files: Hugging Face's, which this house uses, and GGUF's
 * (llama.cpp's gguf-py/constants.py), for all architectures that this build knows. One table, read
 * in both directions.
 *
 * <p>Experts are the one difference in layout: a tensor each in Hugging Face's files, one stack
 * [experts, outputs, inputs] a layer and kind in GGUF's.
 */
public final class WeightNames {
    /** Divisors of the rotary frequencies, which Hugging Face states in config.json instead. */
    public static final String GGUF_ROPE_DIVISORS = "rope_freqs.weight";

    private static final String LAYERS = "model.layers.";
    private static final String BLOCKS = "blk.";
    private static final String EXPERTS = "mlp.experts.";
    private static final Map<String, String> TOP = new LinkedHashMap<>();
    private static final Map<String, String> LAYER = new LinkedHashMap<>();
    private static final Map<String, String> TOP_BACK = new HashMap<>();
    private static final Map<String, String> LAYER_BACK = new HashMap<>();

    static {
        TOP.put("model.embed_tokens.weight", "token_embd.weight");
        TOP.put("model.norm.weight", "output_norm.weight");
        TOP.put("lm_head.weight", "output.weight");
        TOP.forEach((name, gguf) -> TOP_BACK.put(gguf, name));

        LAYER.put("input_layernorm.weight", "attn_norm.weight");
        LAYER.put("self_attn.q_proj.weight", "attn_q.weight");
        LAYER.put("self_attn.q_proj.bias", "attn_q.bias");
        LAYER.put("self_attn.q_norm.weight", "attn_q_norm.weight");
        LAYER.put("self_attn.k_proj.weight", "attn_k.weight");
        LAYER.put("self_attn.k_proj.bias", "attn_k.bias");
        LAYER.put("self_attn.k_norm.weight", "attn_k_norm.weight");
        LAYER.put("self_attn.v_proj.weight", "attn_v.weight");
        LAYER.put("self_attn.v_proj.bias", "attn_v.bias");
        LAYER.put("self_attn.q_a_proj.weight", "attn_q_a.weight");
        LAYER.put("self_attn.q_a_layernorm.weight", "attn_q_a_norm.weight");
        LAYER.put("self_attn.q_b_proj.weight", "attn_q_b.weight");
        LAYER.put("self_attn.kv_a_proj_with_mqa.weight", "attn_kv_a_mqa.weight");
        LAYER.put("self_attn.kv_a_layernorm.weight", "attn_kv_a_norm.weight");
        LAYER.put("self_attn.kv_b_proj.weight", "attn_kv_b.weight");
        LAYER.put("self_attn.o_proj.weight", "attn_output.weight");
        LAYER.put("self_attn.o_proj.bias", "attn_output.bias");
        LAYER.put("post_attention_layernorm.weight", "ffn_norm.weight");
        LAYER.put("mlp.gate_proj.weight", "ffn_gate.weight");
        LAYER.put("mlp.up_proj.weight", "ffn_up.weight");
        LAYER.put("mlp.down_proj.weight", "ffn_down.weight");
        LAYER.put("mlp.gate.weight", "ffn_gate_inp.weight");
        LAYER.put("mlp.gate.e_score_correction_bias", "exp_probs_b.bias");
        LAYER.put("mlp.shared_experts.gate_proj.weight", "ffn_gate_shexp.weight");
        LAYER.put("mlp.shared_experts.up_proj.weight", "ffn_up_shexp.weight");
        LAYER.put("mlp.shared_experts.down_proj.weight", "ffn_down_shexp.weight");
        LAYER.put("embed_tokens.weight", "nextn.embed_tokens.weight");
        LAYER.put("enorm.weight", "nextn.enorm.weight");
        LAYER.put("hnorm.weight", "nextn.hnorm.weight");
        LAYER.put("eh_proj.weight", "nextn.eh_proj.weight");
        LAYER.put("shared_head.head.weight", "nextn.shared_head_head.weight");
        LAYER.put("shared_head.norm.weight", "nextn.shared_head_norm.weight");
        LAYER.forEach((name, gguf) -> LAYER_BACK.put(gguf, name));
    }

    /** Where one expert's matrix lies in a stack [experts, outputs, inputs]. */
    public record Stacked(String name, int expert) {}

    /** Names outside the layers, from Hugging Face's to GGUF's; unmodifiable. */
    public static Map<String, String> ggufTop() {
        return Collections.unmodifiableMap(TOP);
    }

    /**
     * Names in a layer, from what follows Hugging Face's {@code model.layers.N.} to what follows
     * GGUF's {@code blk.N.}; unmodifiable. Experts are not among them.
     */
    public static Map<String, String> ggufLayer() {
        return Collections.unmodifiableMap(LAYER);
    }

    /** The GGUF name of a Hugging Face tensor; absent for experts and for names not known. */
    public static Optional<String> findGguf(String huggingFace) {
        String top = TOP.get(huggingFace);
        if (top != null) {
            return Optional.of(top);
        }
        int dot = afterNumber(huggingFace, LAYERS);
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(LAYER.get(huggingFace.substring(dot + 1)))
                        .map(local -> BLOCKS + layer(huggingFace, LAYERS, dot) + "." + local);
    }

    /** The Hugging Face name of a GGUF tensor; absent for stacks and for names not known. */
    public static Optional<String> findHuggingFace(String gguf) {
        String top = TOP_BACK.get(gguf);
        if (top != null) {
            return Optional.of(top);
        }
        int dot = afterNumber(gguf, BLOCKS);
        return dot < 0
                ? Optional.empty()
                : Optional.ofNullable(LAYER_BACK.get(gguf.substring(dot + 1)))
                        .map(local -> LAYERS + layer(gguf, BLOCKS, dot) + "." + local);
    }

    /**
     * Where GGUF keeps an expert's matrix; absent unless the name is {@code
     * model.layers.N.mlp.experts.E.KIND_proj.weight}.
     */
    public static Optional<Stacked> findStack(String huggingFace) {
        int dot = afterNumber(huggingFace, LAYERS);
        if (dot < 0 || !huggingFace.startsWith(EXPERTS, dot + 1)) {
            return Optional.empty();
        }
        String[] words =
                huggingFace.substring(dot + 1 + EXPERTS.length()).split("\\.", -1); // E gate_proj
        if (words.length != 3
                || !words[0].matches("\\d{1,6}")
                || !words[1].matches("(gate|up|down)_proj")
                || !words[2].equals("weight")) {
            return Optional.empty();
        }
        String kind = words[1].substring(0, words[1].indexOf('_'));
        String stack = BLOCKS + layer(huggingFace, LAYERS, dot) + ".ffn_" + kind + "_exps.weight";
        return Optional.of(new Stacked(stack, Integer.parseInt(words[0])));
    }

    /**
     * The Hugging Face name of one expert's matrix of a GGUF stack; absent unless the name is
     * {@code blk.N.ffn_KIND_exps.weight}.
     */
    public static Optional<String> findExpert(String ggufStack, int expert) {
        int dot = afterNumber(ggufStack, BLOCKS);
        if (dot < 0 || !ggufStack.substring(dot + 1).matches("ffn_(gate|up|down)_exps\\.weight")) {
            return Optional.empty();
        }
        String kind = ggufStack.substring(dot + 5, ggufStack.indexOf("_exps", dot));
        return Optional.of(
                LAYERS
                        + layer(ggufStack, BLOCKS, dot)
                        + "."
                        + EXPERTS
                        + expert
                        + "."
                        + kind
                        + "_proj.weight");
    }

    /** The GGUF name of a parameter that is a tensor of its own. */
    static String gguf(String name) {
        return findGguf(name)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "no GGUF name is known for the parameter " + name));
    }

    /** Index of the dot after the number that follows {@code prefix}; negative if there is none. */
    private static int afterNumber(String name, String prefix) {
        if (!name.startsWith(prefix)) {
            return -1;
        }
        int at = prefix.length();
        while (at < name.length() && Character.isDigit(name.charAt(at))) {
            at++;
        }
        return at > prefix.length() && at < name.length() && name.charAt(at) == '.' ? at : -1;
    }

    private static String layer(String name, String prefix, int dot) {
        return name.substring(prefix.length(), dot);
    }

    private WeightNames() {}
}
