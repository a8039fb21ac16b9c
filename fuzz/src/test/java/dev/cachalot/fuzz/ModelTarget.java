package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.CheckpointException;
import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.library.ForcedLogits;
import dev.cachalot.library.LibraryException;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.model.UnsupportedModelException;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A whole model in a GGUF file: its configuration, the decoder, and logits of two tokens. */
final class ModelTarget implements Target {
    private static final LoadOptions OPTIONS = new LoadOptions(1, OptionalInt.empty(), Rung.SCALAR);

    @Override
    public String name() {
        return "model";
    }

    @Override
    public void read(byte[] input) throws IOException {
        Path file = Scratch.write(name(), "input.gguf", input);
        try (LoadedModel model = ModelLoader.load(file, OPTIONS)) {
            int last = model.config().vocabSize() - 1;
            int[] tokens = model.contextLength() < 2 ? new int[] {last} : new int[] {0, last};
            ForcedLogits.of(
                    model,
                    tokens,
                    (_, logits) -> {
                        if (logits.length != last + 1) {
                            throw new AssertionError(logits.length + " logits");
                        }
                    });
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(
                CheckpointException.class, UnsupportedModelException.class, LibraryException.class);
    }

    @Override
    public Map<String, byte[]> seeds() throws IOException {
        return Map.of("v3", model(true), "v2", model(false));
    }

    private byte[] model(boolean v3) throws IOException {
        MetadataBuilder metadata =
                Metadata.builder()
                        .string("general.architecture", "deepseek2")
                        .u32("deepseek2.block_count", 2)
                        .u32("deepseek2.context_length", 64)
                        .u32("deepseek2.embedding_length", 4)
                        .u32("deepseek2.feed_forward_length", 6)
                        .u32("deepseek2.attention.head_count", 2)
                        .u32("deepseek2.attention.head_count_kv", 2)
                        .u32("deepseek2.attention.kv_lora_rank", 3)
                        .u32("deepseek2.attention.key_length", 4)
                        .u32("deepseek2.attention.value_length", 2)
                        .f32("deepseek2.attention.layer_norm_rms_epsilon", 1e-6f)
                        .u32("deepseek2.rope.dimension_count", 2)
                        .f32("deepseek2.rope.freq_base", 10_000)
                        .u32("deepseek2.leading_dense_block_count", 1)
                        .u32("deepseek2.expert_count", 4)
                        .u32("deepseek2.expert_used_count", 2)
                        .u32("deepseek2.expert_shared_count", 1)
                        .u32("deepseek2.expert_feed_forward_length", 3)
                        .f32("deepseek2.expert_weights_scale", 1.5f)
                        .bool("deepseek2.expert_weights_norm", v3)
                        .u32("deepseek2.expert_gating_func", v3 ? 2 : 1);
        if (v3) {
            metadata.u32("deepseek2.attention.q_lora_rank", 3)
                    .u32("deepseek2.expert_group_count", 2)
                    .u32("deepseek2.expert_group_used_count", 1)
                    .string("deepseek2.rope.scaling.type", "yarn")
                    .f32("deepseek2.rope.scaling.factor", 40)
                    .u32("deepseek2.rope.scaling.original_context_length", 16)
                    .f32("deepseek2.rope.scaling.yarn_log_multiplier", 0.1f);
        }
        GgufWriter writer = new GgufWriter(metadata.build());
        add(writer, "token_embd.weight", 8, 4);
        add(writer, "output_norm.weight", 4);
        add(writer, "output.weight", 8, 4);
        for (int layer = 0; layer < 2; layer++) {
            attention(writer, "blk." + layer + ".", v3);
        }
        add(writer, "blk.0.ffn_gate.weight", 6, 4);
        add(writer, "blk.0.ffn_up.weight", 6, 4);
        add(writer, "blk.0.ffn_down.weight", 4, 6);
        experts(writer, v3);
        Path file = Scratch.file(name(), "seed.gguf");
        writer.write(file);
        return Files.readAllBytes(file);
    }

    private static void attention(GgufWriter writer, String block, boolean v3) {
        add(writer, block + "attn_norm.weight", 4);
        add(writer, block + "ffn_norm.weight", 4);
        if (v3) {
            add(writer, block + "attn_q_a.weight", 3, 4);
            add(writer, block + "attn_q_a_norm.weight", 3);
            add(writer, block + "attn_q_b.weight", 8, 3);
        } else {
            add(writer, block + "attn_q.weight", 8, 4);
        }
        add(writer, block + "attn_kv_a_mqa.weight", 5, 4);
        add(writer, block + "attn_kv_a_norm.weight", 3);
        add(writer, block + "attn_kv_b.weight", 8, 3);
        add(writer, block + "attn_output.weight", 4, 4);
    }

    private static void experts(GgufWriter writer, boolean v3) {
        add(writer, "blk.1.ffn_gate_inp.weight", 4, 4);
        if (v3) {
            add(writer, "blk.1.exp_probs_b.bias", 4);
        }
        add(writer, "blk.1.ffn_gate_exps.weight", 4, 3, 4);
        add(writer, "blk.1.ffn_up_exps.weight", 4, 3, 4);
        add(writer, "blk.1.ffn_down_exps.weight", 4, 4, 3);
        add(writer, "blk.1.ffn_gate_shexp.weight", 3, 4);
        add(writer, "blk.1.ffn_up_shexp.weight", 3, 4);
        add(writer, "blk.1.ffn_down_shexp.weight", 4, 3);
    }

    private static void add(GgufWriter writer, String name, long... dims) {
        writer.add(name, Shape.of(dims), DType.F32, Seeds.rows(name.hashCode()));
    }

    @Override
    public Set<String> words() {
        return Set.of(
                "deepseek2",
                "llama",
                "qwen2",
                "qwen3",
                "nextn_predict_layers",
                "attention.key_length_mla",
                "attention.value_length_mla",
                "vocab_size",
                "attn_k_b.weight",
                "attn_v_b.weight",
                "none",
                "linear");
    }
}
