package dev.cachalot.model;

import dev.cachalot.checkpoint.Metadata;
import java.util.Optional;

/**
 * The rotary embedding in a {@code config.json}: {@code rope_theta} and {@code rope_scaling}, or
 * both in {@code rope_parameters} as newer files have it.
 */
final class HuggingFaceRope {

    static RopeConfig read(Metadata config) {
        String prefix =
                config.contains("rope_parameters.rope_type") ? "rope_parameters." : "rope_scaling.";
        double theta =
                config.findFloat("rope_theta")
                        .or(() -> config.findFloat("rope_parameters.rope_theta"))
                        .orElse(10_000f);
        String type =
                config.findString(prefix + "rope_type")
                        .or(() -> config.findString(prefix + "type"))
                        .orElse("default");
        return new RopeConfig(
                theta,
                switch (type) {
                    case "default" -> Optional.empty();
                    case "linear" ->
                            Optional.of(
                                    new RopeScaling.Linear(config.requireFloat(prefix + "factor")));
                    case "llama3" ->
                            Optional.of(
                                    new RopeScaling.Llama3(
                                            config.requireFloat(prefix + "factor"),
                                            config.requireFloat(prefix + "low_freq_factor"),
                                            config.requireFloat(prefix + "high_freq_factor"),
                                            original(config, prefix)));
                    case "yarn" -> Optional.of(yarn(config, prefix));
                    default ->
                            throw new UnsupportedModelException(
                                    prefix
                                            + "rope_type is \""
                                            + type
                                            + "\"; this build knows default, linear, llama3 and yarn");
                });
    }

    private static RopeScaling.Yarn yarn(Metadata config, String prefix) {
        RopeScaling.Yarn yarn =
                new RopeScaling.Yarn(
                        config.requireFloat(prefix + "factor"),
                        original(config, prefix),
                        config.findFloat(prefix + "beta_fast").orElse(32f),
                        config.findFloat(prefix + "beta_slow").orElse(1f),
                        config.findFloat(prefix + "mscale").orElse(1f),
                        config.findFloat(prefix + "mscale_all_dim").orElse(0f));
        if (!config.findBool(prefix + "truncate").orElse(true)) {
            throw new UnsupportedModelException(
                    prefix + "truncate is false; this build knows YaRN with truncate true only");
        }
        Optional<Float> whole = config.findFloat(prefix + "attention_factor");
        if (whole.isPresent()) { // stands for the factor that follows from the others
            return yarn.timesTable(whole.get() / yarn.tableFactor());
        }
        // DeepSeek-R1-0528-Qwen3-8B: times the factor that follows from the others
        return yarn.timesTable(config.findFloat(prefix + "attn_factor").orElse(1f));
    }

    private static int original(Metadata config, String prefix) {
        return config.findInt(prefix + "original_max_position_embeddings")
                .orElseGet(() -> config.requireInt("max_position_embeddings"));
    }

    private HuggingFaceRope() {}
}
