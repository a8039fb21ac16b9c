package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import java.util.Optional;
import java.util.OptionalInt;

/** The configuration in GGUF's keys, of the architectures that {@link ModelConfigs} lists. */
final class GgufConfig {
    private final String prefix;
    private final Metadata metadata;

    private GgufConfig(String architecture, Metadata metadata) {
        this.prefix = architecture + ".";
        this.metadata = metadata;
    }

    static ModelConfig read(String architecture, Checkpoint checkpoint) {
        return new GgufConfig(architecture, checkpoint.metadata()).config(architecture, checkpoint);
    }

    private ModelConfig config(String architecture, Checkpoint checkpoint) {
        boolean latent = architecture.equals("deepseek2");
        int blocks = integer("block_count");
        Sizes.checkPositive(prefix + "block_count", blocks);
        int nextn = latent ? integer("nextn_predict_layers", 0) : 0;
        int layers = nextn == 0 ? blocks : decoderLayers(blocks, nextn, checkpoint);
        if (!latent && integer("expert_count", 0) > 0) {
            throw new UnsupportedModelException(
                    checkpoint.path()
                            + " is a mixture of experts of architecture \""
                            + architecture
                            + "\"; this build knows that architecture without experts only");
        }
        AttentionConfig attention =
                latent ? latentAttention() : groupedAttention(architecture, checkpoint);
        return new ModelConfig(
                architecture,
                vocabSize(checkpoint),
                integer("embedding_length"),
                layers,
                integer("feed_forward_length"),
                metadata.requireFloat(prefix + "attention.layer_norm_rms_epsilon"),
                integer("context_length"),
                attention,
                GgufRope.read(prefix, latent, checkpoint),
                latent ? moe(checkpoint) : Optional.empty(),
                has(checkpoint, "blk." + layers + ".nextn.eh_proj.weight") ? nextn : 0);
    }

    /**
     * The count of blocks includes the next-token ones, unless the file leaves them out and counts
     * the others only.
     */
    private static int decoderLayers(int blocks, int nextn, Checkpoint checkpoint) {
        boolean included = has(checkpoint, "blk." + (blocks - nextn) + ".nextn.eh_proj.weight");
        boolean allPlain = has(checkpoint, "blk." + (blocks - 1) + ".attn_norm.weight");
        return !included && allPlain ? blocks : blocks - nextn;
    }

    private static boolean has(Checkpoint checkpoint, String tensor) {
        return checkpoint.info(tensor).isPresent();
    }

    private int vocabSize(Checkpoint checkpoint) {
        OptionalInt stated = metadata.findInt(prefix + "vocab_size");
        if (stated.isPresent()) {
            return stated.getAsInt();
        }
        return checkpoint.tensorInfos().stream()
                .filter(info -> info.name().equals("token_embd.weight"))
                .mapToInt(info -> Math.toIntExact(info.shape().rows()))
                .findFirst()
                .orElseThrow(
                        () ->
                                new UnsupportedModelException(
                                        checkpoint.path()
                                                + " has neither "
                                                + prefix
                                                + "vocab_size nor a tensor token_embd.weight"));
    }

    private MlaConfig latentAttention() {
        int rope = integer("rope.dimension_count");
        // files since April 2025 state the absorbed sizes in key_length and the real ones in
        // key_length_mla
        int keys = integer("attention.key_length_mla", integer("attention.key_length"));
        int values = integer("attention.value_length_mla", integer("attention.value_length"));
        int rank = integer("attention.q_lora_rank", 0);
        return new MlaConfig(
                integer("attention.head_count"),
                rank == 0 ? OptionalInt.empty() : OptionalInt.of(rank),
                integer("attention.kv_lora_rank"),
                keys - rope,
                rope,
                values);
    }

    private GroupedQueryConfig groupedAttention(String architecture, Checkpoint checkpoint) {
        int heads = integer("attention.head_count");
        Sizes.checkPositive(prefix + "attention.head_count", heads);
        OptionalInt stated = metadata.findInt(prefix + "attention.key_length");
        int headDim =
                stated.isPresent()
                        ? stated.getAsInt()
                        : Sizes.divided(
                                prefix + "embedding_length", integer("embedding_length"), heads);
        int values = integer("attention.value_length", headDim);
        if (values != headDim) {
            throw new UnsupportedModelException(
                    prefix
                            + "attention.value_length is "
                            + values
                            + " and key_length "
                            + headDim
                            + "; this build knows equal ones only");
        }
        return new GroupedQueryConfig(
                heads,
                integer("attention.head_count_kv", heads),
                headDim,
                integer("rope.dimension_count", headDim),
                // the converter permutes the rows of Llama's projections
                architecture.equals("llama") ? RotaryPairs.ADJACENT : RotaryPairs.HALVES,
                architecture.equals("qwen2") || has(checkpoint, "blk.0.attn_q.bias"),
                has(checkpoint, "blk.0.attn_output.bias"),
                architecture.equals("qwen3"));
    }

    private Optional<MoeConfig> moe(Checkpoint checkpoint) {
        int experts = integer("expert_count", 0);
        if (experts == 0) {
            return Optional.empty();
        }
        boolean bias =
                checkpoint.tensorInfos().stream()
                        .map(TensorInfo::name)
                        .anyMatch(GgufConfig::isBias);
        int groups = Math.max(1, integer("expert_group_count", 1));
        // V3 has the sigmoid gate and ranks a group by its best two, V2 by its best one
        Scoring scoring = scoring();
        RouteRule rule =
                new RouteRule(
                        scoring,
                        integer("expert_used_count"),
                        groups,
                        Math.max(1, integer("expert_group_used_count", groups)),
                        scoring == Scoring.SIGMOID ? GroupScore.SUM_OF_TOP_TWO : GroupScore.MAX,
                        metadata.findBool(prefix + "expert_weights_norm").orElse(false),
                        metadata.findFloat(prefix + "expert_weights_scale").orElse(1f));
        return Optional.of(
                new MoeConfig(
                        experts,
                        integer("expert_shared_count", 0),
                        integer("expert_feed_forward_length"),
                        integer("leading_dense_block_count", 0),
                        rule,
                        bias));
    }

    private static boolean isBias(String name) {
        return name.startsWith("blk.") && name.endsWith(".exp_probs_b.bias");
    }

    private Scoring scoring() {
        int function = integer("expert_gating_func", 1);
        return switch (function) {
            case 1 -> Scoring.SOFTMAX;
            case 2 -> Scoring.SIGMOID;
            default ->
                    throw new UnsupportedModelException(
                            prefix
                                    + "expert_gating_func is "
                                    + function
                                    + "; this build knows 1 (softmax) and 2 (sigmoid)");
        };
    }

    private int integer(String key) {
        return metadata.requireInt(prefix + key);
    }

    private int integer(String key, int fallback) {
        return metadata.findInt(prefix + key).orElse(fallback);
    }
}
