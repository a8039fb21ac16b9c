package dev.cachalot.train;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.tensor.Tensor;
import java.util.SplittableRandom;

/**
 * Where the parameters start: normal numbers for matrices, ones for gains, zeros for correction
 * biases. The output projections of attention and feed-forward, which add to the residual stream,
 * are scaled down by {@code 1 / sqrt(2 * layers)} (Radford et al. 2019, GPT-2, section 2.3).
 *
 * @param scheme how wide a matrix starts
 * @param std standard deviation of {@link Scheme#NORMAL}; a factor on that of {@link Scheme#FAN_IN}
 * @param embeddingStd standard deviation of the embedding
 */
@JsonNaming(KebabCaseStrategy.class)
public record Initialization(Scheme scheme, double std, double embeddingStd) {

    /** The width of a matrix's distribution. */
    public enum Scheme {
        /** The same for all. */
        @JsonProperty("normal")
        NORMAL,
        /** {@code 1 / sqrt(inputs)}. */
        @JsonProperty("fan-in")
        FAN_IN
    }

    public Initialization {
        Numbers.requireAtLeast("std", std, 0);
        Numbers.requireAtLeast("embedding-std", embeddingStd, 0);
    }

    /** Fills all parameters; the same seed gives the same bits. */
    public void fill(Parameters parameters, ModelConfig config, long seed) {
        parameters.biases().clear();
        long index = 0;
        for (var entry : parameters.byName().entrySet()) {
            String name = entry.getKey();
            if (name.endsWith("e_score_correction_bias")) {
                continue;
            }
            Tensor target = entry.getValue();
            SplittableRandom random = Numbers.randomOf(seed, index++);
            float[] numbers = new float[Math.toIntExact(target.shape().elements())];
            double deviation = deviation(name, target, config.numHiddenLayers());
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] =
                        target.shape().rank() == 1
                                ? 1f
                                : (float) (random.nextGaussian() * deviation);
            }
            target.setFloats(numbers);
        }
    }

    private double deviation(String name, Tensor matrix, int layers) {
        if (name.equals("model.embed_tokens.weight")) {
            return embeddingStd;
        }
        double deviation =
                switch (scheme) {
                    case NORMAL -> std;
                    case FAN_IN -> std / Math.sqrt(matrix.width());
                };
        boolean intoStream = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
        return intoStream ? deviation / Math.sqrt(2.0 * layers) : deviation;
    }
}
