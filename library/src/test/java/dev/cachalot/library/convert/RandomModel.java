package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * A GGUF file of an architecture, with random weights; rows of 256, so that any block type fits.
 */
final class RandomModel {
    static final int VOCAB = 96;
    private static final int WIDTH = 256;
    private static final int LAYERS = 2;
    private static final int HEADS = 4;
    private static final int KV_HEADS = 2;
    private static final int HEAD = 32;
    private static final int RANK = 64;
    private static final int ROPE = 16;
    private static final int FEED_FORWARD = 256;
    private static final int EXPERTS = 3;
    private static final int EXPERT = 64;

    /** The kinds that {@link #write} knows. */
    enum Kind {
        DEEPSEEK_V2,
        DEEPSEEK_V3_WITH_NEXT_TOKEN,
        LLAMA,
        LLAMA_3_TIED,
        QWEN2,
        QWEN2_YARN,
        QWEN3
    }

    private final Kind kind;
    private final SplittableRandom random = new SplittableRandom(7);
    private final MetadataBuilder metadata = Metadata.builder();
    private final String prefix;

    private RandomModel(Kind kind) {
        this.kind = kind;
        this.prefix = architecture(kind) + ".";
    }

    private static String architecture(Kind kind) {
        return switch (kind) {
            case DEEPSEEK_V2, DEEPSEEK_V3_WITH_NEXT_TOKEN -> "deepseek2";
            case LLAMA, LLAMA_3_TIED -> "llama";
            case QWEN2, QWEN2_YARN -> "qwen2";
            case QWEN3 -> "qwen3";
        };
    }

    static Path write(Kind kind, Path file) throws IOException {
        return new RandomModel(kind).write(file);
    }

    private boolean latent() {
        return prefix.equals("deepseek2.");
    }

    private boolean third() {
        return kind == Kind.DEEPSEEK_V3_WITH_NEXT_TOKEN;
    }

    private Path write(Path file) throws IOException {
        metadata.string("general.architecture", architecture(kind))
                .string("general.name", "random " + kind)
                .u32(prefix + "block_count", LAYERS + (third() ? 1 : 0))
                .u32(prefix + "context_length", 128)
                .u32(prefix + "embedding_length", WIDTH)
                .u32(prefix + "feed_forward_length", FEED_FORWARD)
                .u32(prefix + "vocab_size", VOCAB)
                .f32(prefix + "attention.layer_norm_rms_epsilon", 1e-6f)
                .f32(prefix + "rope.freq_base", kind == Kind.LLAMA_3_TIED ? 500_000 : 10_000)
                .u32(prefix + "attention.head_count", HEADS);
        if (latent()) {
            latentKeys();
        } else {
            metadata.u32(prefix + "attention.head_count_kv", KV_HEADS)
                    .u32(prefix + "attention.key_length", HEAD)
                    .u32(prefix + "attention.value_length", HEAD)
                    .u32(prefix + "rope.dimension_count", HEAD);
        }
        if (kind == Kind.QWEN2_YARN || third()) {
            metadata.string(prefix + "rope.scaling.type", "yarn")
                    .f32(prefix + "rope.scaling.factor", 4)
                    .u32(prefix + "rope.scaling.original_context_length", 32);
        }
        if (third()) {
            metadata.f32(prefix + "rope.scaling.yarn_log_multiplier", 0.1f);
        }
        GgufWriter writer = new GgufWriter(metadata.build());
        add(writer, "token_embd.weight", VOCAB, WIDTH);
        add(writer, "output_norm.weight", WIDTH);
        if (kind == Kind.LLAMA_3_TIED) {
            divisors(writer);
        } else {
            add(writer, "output.weight", VOCAB, WIDTH);
        }
        for (int layer = 0; layer < LAYERS + (third() ? 1 : 0); layer++) {
            layer(writer, "blk." + layer + ".", layer);
        }
        writer.write(file);
        return file;
    }

    private void latentKeys() {
        metadata.u32(prefix + "attention.kv_lora_rank", RANK)
                .u32(prefix + "rope.dimension_count", ROPE)
                .u32(prefix + "leading_dense_block_count", 1)
                .u32(prefix + "expert_count", EXPERTS)
                .u32(prefix + "expert_used_count", EXPERTS) // so that rounding flips no choice
                .u32(prefix + "expert_shared_count", 2)
                .u32(prefix + "expert_feed_forward_length", EXPERT)
                .f32(prefix + "expert_weights_scale", third() ? 2.5f : 1f)
                .bool(prefix + "expert_weights_norm", third())
                .u32(prefix + "expert_gating_func", third() ? 2 : 1);
        if (third()) {
            metadata.u32(prefix + "attention.q_lora_rank", RANK)
                    .u32(prefix + "nextn_predict_layers", 1)
                    .u32(prefix + "attention.key_length", RANK + ROPE)
                    .u32(prefix + "attention.value_length", RANK)
                    .u32(prefix + "attention.key_length_mla", HEAD + ROPE)
                    .u32(prefix + "attention.value_length_mla", HEAD);
        } else {
            metadata.u32(prefix + "attention.key_length", HEAD + ROPE)
                    .u32(prefix + "attention.value_length", HEAD);
        }
    }

    private static void divisors(GgufWriter writer) {
        // Llama 3.1: factor 8, low 1, high 4, original context 8192
        writer.add(
                "rope_freqs.weight",
                Shape.of(HEAD / 2),
                DType.F32,
                (long _, float[] target) -> {
                    for (int i = 0; i < target.length; i++) {
                        double frequency = Math.pow(500_000, -2.0 * i / HEAD);
                        double turns = 8192 * frequency / (2 * Math.PI);
                        double kept = Math.clamp((turns - 1) / 3, 0.0, 1.0);
                        target[i] = (float) (1 / (kept + (1 - kept) / 8));
                    }
                });
    }

    private void layer(GgufWriter writer, String at, int layer) {
        add(writer, at + "attn_norm.weight", WIDTH);
        if (latent()) {
            latentAttention(writer, at);
        } else {
            add(writer, at + "attn_q.weight", HEADS * HEAD, WIDTH);
            add(writer, at + "attn_k.weight", KV_HEADS * HEAD, WIDTH);
            add(writer, at + "attn_v.weight", KV_HEADS * HEAD, WIDTH);
            if (prefix.equals("qwen2.")) {
                bias(writer, at + "attn_q.bias", HEADS * HEAD);
                bias(writer, at + "attn_k.bias", KV_HEADS * HEAD);
                bias(writer, at + "attn_v.bias", KV_HEADS * HEAD);
            }
            if (kind == Kind.QWEN3) {
                add(writer, at + "attn_q_norm.weight", HEAD);
                add(writer, at + "attn_k_norm.weight", HEAD);
            }
        }
        add(writer, at + "attn_output.weight", WIDTH, HEADS * HEAD);
        add(writer, at + "ffn_norm.weight", WIDTH);
        if (latent() && layer > 0) {
            experts(writer, at);
        } else {
            add(writer, at + "ffn_gate.weight", FEED_FORWARD, WIDTH);
            add(writer, at + "ffn_up.weight", FEED_FORWARD, WIDTH);
            add(writer, at + "ffn_down.weight", WIDTH, FEED_FORWARD);
        }
        if (layer == LAYERS) {
            add(writer, at + "nextn.eh_proj.weight", WIDTH, 2 * WIDTH);
            add(writer, at + "nextn.enorm.weight", WIDTH);
            add(writer, at + "nextn.hnorm.weight", WIDTH);
            add(writer, at + "nextn.shared_head_norm.weight", WIDTH);
        }
    }

    private void latentAttention(GgufWriter writer, String at) {
        if (third()) {
            add(writer, at + "attn_q_a.weight", RANK, WIDTH);
            add(writer, at + "attn_q_a_norm.weight", RANK);
            add(writer, at + "attn_q_b.weight", HEADS * (HEAD + ROPE), RANK);
            add(writer, at + "attn_k_b.weight", HEADS, RANK, HEAD);
            add(writer, at + "attn_v_b.weight", HEADS, HEAD, RANK);
        } else {
            add(writer, at + "attn_q.weight", HEADS * (HEAD + ROPE), WIDTH);
            add(writer, at + "attn_kv_b.weight", HEADS * 2 * HEAD, RANK);
        }
        add(writer, at + "attn_kv_a_mqa.weight", RANK + ROPE, WIDTH);
        add(writer, at + "attn_kv_a_norm.weight", RANK);
    }

    private void experts(GgufWriter writer, String at) {
        add(writer, at + "ffn_gate_inp.weight", EXPERTS, WIDTH);
        if (third()) {
            bias(writer, at + "exp_probs_b.bias", EXPERTS);
        }
        add(writer, at + "ffn_gate_exps.weight", EXPERTS, EXPERT, WIDTH);
        add(writer, at + "ffn_up_exps.weight", EXPERTS, EXPERT, WIDTH);
        add(writer, at + "ffn_down_exps.weight", EXPERTS, WIDTH, EXPERT);
        add(writer, at + "ffn_gate_shexp.weight", 2 * EXPERT, WIDTH);
        add(writer, at + "ffn_up_shexp.weight", 2 * EXPERT, WIDTH);
        add(writer, at + "ffn_down_shexp.weight", WIDTH, 2 * EXPERT);
    }

    private void add(GgufWriter writer, String name, long... dims) {
        double size = dims.length == 1 ? 0.1 : 1 / Math.sqrt((double) dims[dims.length - 1]);
        double middle = dims.length == 1 ? 1 : 0;
        fill(writer, name, size, middle, dims);
    }

    private void bias(GgufWriter writer, String name, long count) {
        fill(writer, name, 0.1, 0, count);
    }

    private void fill(GgufWriter writer, String name, double size, double middle, long... dims) {
        writer.add(
                name,
                Shape.of(dims),
                DType.F32,
                (long _, float[] numbers) -> {
                    for (int i = 0; i < numbers.length; i++) {
                        numbers[i] = (float) (middle + size * random.nextGaussian());
                    }
                });
    }
}
