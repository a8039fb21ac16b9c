package dev.cachalot.cli;

import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.MetadataBuilder;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tokenizer.AddedToken;
import dev.cachalot.tokenizer.BytePairTrainer;
import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.PreTokenizer;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** A file with a model of one dense layer, random weights and a real vocabulary: it babbles. */
final class TinyModel {
    private static final int WIDTH = 32;
    private static final int HEADS = 2;
    private static final int RANK = 16;
    private static final int NOPE = 8;
    private static final int ROPE = 4;
    private static final int VALUE = 8;
    private static final int FEED_FORWARD = 48;
    static final int CONTEXT = 512;

    /** Writes the model to {@code file}. */
    static Path write(Path file) throws IOException {
        return write(file, DeepSeekTokens.CHAT);
    }

    /** Writes one whose vocabulary has no place for thinking. */
    static Path writeWithoutThinking(Path file) throws IOException {
        List<String> control = new ArrayList<>(DeepSeekTokens.CHAT);
        control.removeAll(List.of(DeepSeekTokens.THINK, DeepSeekTokens.END_THINK));
        return write(file, control);
    }

    private static Path write(Path file, List<String> control) throws IOException {
        TokenizerSpec spec =
                new BytePairTrainer(
                                256 + control.size() + 10, PreTokenizer.named("cachalot"), control)
                        .train(Stream.of("the thing that the other thing thinks is the thing"));
        GgufWriter writer = new GgufWriter(metadata(spec));
        SplittableRandom random = new SplittableRandom(1);
        int vocab = spec.tokens().size();
        add(writer, random, "token_embd.weight", vocab, WIDTH);
        add(writer, random, "output_norm.weight", WIDTH);
        add(writer, random, "output.weight", vocab, WIDTH);
        add(writer, random, "blk.0.attn_norm.weight", WIDTH);
        add(writer, random, "blk.0.attn_q.weight", HEADS * (NOPE + ROPE), WIDTH);
        add(writer, random, "blk.0.attn_kv_a_mqa.weight", RANK + ROPE, WIDTH);
        add(writer, random, "blk.0.attn_kv_a_norm.weight", RANK);
        add(writer, random, "blk.0.attn_kv_b.weight", HEADS * (NOPE + VALUE), RANK);
        add(writer, random, "blk.0.attn_output.weight", WIDTH, HEADS * VALUE);
        add(writer, random, "blk.0.ffn_norm.weight", WIDTH);
        add(writer, random, "blk.0.ffn_gate.weight", FEED_FORWARD, WIDTH);
        add(writer, random, "blk.0.ffn_up.weight", FEED_FORWARD, WIDTH);
        add(writer, random, "blk.0.ffn_down.weight", WIDTH, FEED_FORWARD);
        writer.write(file);
        return file;
    }

    private static void add(GgufWriter writer, SplittableRandom random, String name, long... dims) {
        writer.add(
                name,
                Shape.of(dims),
                DType.F32,
                (_, numbers) -> {
                    for (int i = 0; i < numbers.length; i++) {
                        numbers[i] = (float) (dims.length == 1 ? 1 : random.nextGaussian() / 4);
                    }
                });
    }

    private static Metadata metadata(TokenizerSpec spec) {
        List<Integer> types = new ArrayList<>(Collections.nCopies(spec.tokens().size(), 1));
        for (AddedToken added : spec.addedTokens()) {
            types.set(added.id(), added.special() ? 3 : 4);
        }
        MetadataBuilder metadata =
                Metadata.builder()
                        .string("general.architecture", "deepseek2")
                        .u32("deepseek2.block_count", 1)
                        .u32("deepseek2.context_length", CONTEXT)
                        .u32("deepseek2.embedding_length", WIDTH)
                        .u32("deepseek2.feed_forward_length", FEED_FORWARD)
                        .u32("deepseek2.attention.head_count", HEADS)
                        .f32("deepseek2.attention.layer_norm_rms_epsilon", 1e-6f)
                        .u32("deepseek2.attention.kv_lora_rank", RANK)
                        .u32("deepseek2.attention.key_length", NOPE + ROPE)
                        .u32("deepseek2.attention.value_length", VALUE)
                        .u32("deepseek2.rope.dimension_count", ROPE)
                        .string("tokenizer.ggml.model", "gpt2")
                        .string("tokenizer.ggml.pre", spec.preTokenizer())
                        .stringList("tokenizer.ggml.tokens", spec.tokens())
                        .i32List("tokenizer.ggml.token_type", types)
                        .stringList("tokenizer.ggml.merges", spec.merges());
        if (!spec.tokens().contains(DeepSeekTokens.THINK)) { // DeepSeek's chat forms need it
            metadata.string(
                    "tokenizer.chat_template",
                    "{% for message in messages %}{{ message['content'] }}{% endfor %}");
        }
        spec.bosId().ifPresent(id -> metadata.u32("tokenizer.ggml.bos_token_id", id));
        spec.eosId().ifPresent(id -> metadata.u32("tokenizer.ggml.eos_token_id", id));
        return metadata.build();
    }

    private TinyModel() {}
}
