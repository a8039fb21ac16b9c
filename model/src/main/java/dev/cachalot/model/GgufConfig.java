package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.RouteRule.GroupScore;
import dev.cachalot.tensor.RouteRule.Scoring;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The configuration in GGUF's {@code deepseek2.*} keys, of both layouts of the latent's
 * up-projection.
 */
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
        int nextn = integer("nextn_predict_layers", 0);
        int layers = integer("block_count") - nextn; // the count includes the next-token block
        return new ModelConfig(
                architecture,
                vocabSize(checkpoint),
                integer("embedding_length"),
                layers,
                integer("feed_forward_length"),
                metadata.requireFloat(prefix + "attention.layer_norm_rms_epsilon"),
                integer("context_length"),
                attention(),
                rope(),
                moe(checkpoint),
                nextn);
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

    private MlaConfig attention() {
        int rope = integer("rope.dimension_count");
        // files since April 2025 state the absorbed sizes in key_length and the real ones in
        // key_length_mla
        int keys = integer("attention.key_length_mla", integer("attention.key_length"));
        int values = integer("attention.value_length_mla", integer("attention.value_length"));
        return new MlaConfig(
                integer("attention.head_count"),
                metadata.findInt(prefix + "attention.q_lora_rank"),
                integer("attention.kv_lora_rank"),
                keys - rope,
                rope,
                values);
    }

    private RopeConfig rope() {
        double theta = metadata.findFloat(prefix + "rope.freq_base").orElse(10_000f);
        Optional<String> type = metadata.findString(prefix + "rope.scaling.type");
        if (type.isEmpty() || type.get().equals("none")) {
            return new RopeConfig(theta, Optional.empty());
        }
        if (!type.get().equals("yarn")) {
            throw new UnsupportedModelException(
                    prefix
                            + "rope.scaling.type is \""
                            + type.get()
                            + "\"; this build knows yarn and none for "
                            + prefix.substring(0, prefix.length() - 1));
        }
        // stored as 0.1 * mscale_all_dim; the two factors are equal in every published model
        double mscale =
                metadata.findFloat(prefix + "rope.scaling.yarn_log_multiplier").orElse(0.1f) * 10.0;
        return new RopeConfig(
                theta,
                Optional.of(
                        new RopeConfig.Yarn(
                                metadata.requireFloat(prefix + "rope.scaling.factor"),
                                integer("rope.scaling.original_context_length"),
                                metadata.findFloat(prefix + "rope.scaling.yarn_beta_fast")
                                        .orElse(32f),
                                metadata.findFloat(prefix + "rope.scaling.yarn_beta_slow")
                                        .orElse(1f),
                                mscale,
                                mscale)));
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
        RouteRule rule =
                new RouteRule(
                        scoring(),
                        integer("expert_used_count"),
                        groups,
                        Math.max(1, integer("expert_group_used_count", groups)),
                        bias ? GroupScore.SUM_OF_TOP_TWO : GroupScore.MAX,
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
