package dev.cachalot.model;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rotary embedding in GGUF's {@code ARCHITECTURE.rope.*} keys and its tensor of divisors. */
final class GgufRope {
    private final String prefix;
    private final Metadata metadata;

    private GgufRope(String prefix, Metadata metadata) {
        this.prefix = prefix + "rope.";
        this.metadata = metadata;
    }

    /**
     * Reads the keys.
     *
     * @param latent whether YaRN's magnitude goes to the attention's scale, as DeepSeek has it, or
     *     to cosine and sine
     */
    static RopeConfig read(String prefix, boolean latent, Checkpoint checkpoint) {
        GgufRope keys = new GgufRope(prefix, checkpoint.metadata());
        double theta = keys.number("freq_base", 10_000);
        Optional<RopeScaling> scaling = keys.scaling(latent);
        Optional<Tensor> divisors = checkpoint.find(WeightNames.GGUF_ROPE_DIVISORS);
        if (divisors.isEmpty()) {
            return new RopeConfig(theta, scaling);
        }
        if (scaling.isPresent()) {
            throw new UnsupportedModelException(
                    checkpoint.path()
                            + " has both "
                            + prefix
                            + "rope.scaling keys and a tensor "
                            + WeightNames.GGUF_ROPE_DIVISORS
                            + "; this build knows one or the other");
        }
        List<Float> numbers = new ArrayList<>();
        for (float divisor : divisors.get().toFloats()) {
            numbers.add(divisor);
        }
        return new RopeConfig(theta, Optional.of(new RopeScaling.Divisors(numbers)));
    }

    private Optional<RopeScaling> scaling(boolean latent) {
        double factor = number("scaling.factor", number("scale_linear", 0)); // 0 for none
        String type = metadata.findString(prefix + "scaling.type").orElse("linear");
        return switch (type) {
            case "none" -> Optional.empty();
            case "linear" ->
                    factor == 0 || factor == 1
                            ? Optional.empty()
                            : Optional.of(new RopeScaling.Linear(factor));
            case "yarn" -> Optional.of(yarn(latent));
            default ->
                    throw new UnsupportedModelException(
                            prefix
                                    + "scaling.type is \""
                                    + type
                                    + "\"; this build knows none, linear and yarn");
        };
    }

    private RopeScaling.Yarn yarn(boolean latent) {
        // stored as 0.1 * mscale_all_dim; the two factors are equal in every published DeepSeek
        double mscale = latent ? number("scaling.yarn_log_multiplier", 0.1f) * 10.0 : 1;
        return new RopeScaling.Yarn(
                        metadata.requireFloat(prefix + "scaling.factor"),
                        metadata.requireInt(prefix + "scaling.original_context_length"),
                        number("scaling.yarn_beta_fast", 32),
                        number("scaling.yarn_beta_slow", 1),
                        mscale,
                        latent ? mscale : 0)
                .timesTable(number("scaling.yarn_attn_factor", number("scaling.attn_factor", 1)));
    }

    private double number(String key, double fallback) {
        return metadata.findFloat(prefix + key).map(Float::doubleValue).orElse(fallback);
    }
}
