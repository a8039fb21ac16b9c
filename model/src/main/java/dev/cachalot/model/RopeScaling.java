package dev.cachalot.model;

import java.util.List;

/** How a model's rotary frequencies were changed to reach a longer context. */
public sealed interface RopeScaling {

    /** Angles a position of the pairs, from those without scaling. */
    double[] apply(double[] frequencies, double ropeTheta);

    /** Factor on cosine and sine. */
    default double tableFactor() {
        return 1;
    }

    /** Factor on the attention's scale. */
    default double attentionFactor() {
        return 1;
    }

    /** All frequencies divided by one factor (Chen et al., arXiv 2306.15595). */
    record Linear(double factor) implements RopeScaling {
        public Linear {
            checkPositive("factor", factor);
        }

        @Override
        public double[] apply(double[] frequencies, double ropeTheta) {
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = frequencies[i] / factor;
            }
            return scaled;
        }
    }

    /** Each pair's frequency divided by a number of its own: GGUF's {@code rope_freqs.weight}. */
    record Divisors(List<Float> divisors) implements RopeScaling {
        public Divisors {
            divisors = List.copyOf(divisors);
            for (float divisor : divisors) {
                checkPositive(WeightNames.GGUF_ROPE_DIVISORS, divisor);
            }
        }

        @Override
        public double[] apply(double[] frequencies, double ropeTheta) {
            if (divisors.size() != frequencies.length) {
                throw new UnsupportedModelException(
                        WeightNames.GGUF_ROPE_DIVISORS
                                + " has "
                                + divisors.size()
                                + " numbers for "
                                + frequencies.length
                                + " rotated pairs");
            }
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                scaled[i] = frequencies[i] / divisors.get(i);
            }
            return scaled;
        }
    }

    /**
     * Llama 3.1's: pairs of long waves are slowed by the whole factor, those of short waves not at
     * all, those between by a part (Hugging Face modeling_rope_utils.py, {@code llama3}).
     *
     * @param lowFreqFactor turns over the original context up to which a wave is long
     * @param highFreqFactor turns from which it is short
     */
    record Llama3(
            double factor,
            double lowFreqFactor,
            double highFreqFactor,
            int originalMaxPositionEmbeddings)
            implements RopeScaling {
        public Llama3 {
            checkPositive("factor", factor);
            checkPositive("low_freq_factor", lowFreqFactor);
            checkPositive("original_max_position_embeddings", originalMaxPositionEmbeddings);
            if (!(highFreqFactor > lowFreqFactor)) {
                throw new UnsupportedModelException(
                        "rope_scaling.high_freq_factor is "
                                + highFreqFactor
                                + "; expected more than low_freq_factor, which is "
                                + lowFreqFactor);
            }
        }

        @Override
        public double[] apply(double[] frequencies, double ropeTheta) {
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                double turns = originalMaxPositionEmbeddings * frequencies[i] / (2 * Math.PI);
                double kept =
                        Math.clamp(
                                (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor),
                                0.0,
                                1.0);
                scaled[i] = frequencies[i] * kept + frequencies[i] / factor * (1 - kept);
            }
            return scaled;
        }
    }

    /**
     * YaRN (Peng et al., arXiv 2309.00071, section 3) with DeepSeek's two magnitude factors.
     *
     * @param factor how many times longer the context became
     * @param originalMaxPositionEmbeddings context before
     * @param betaFast rotations over the original context from which a pair is kept as it is
     * @param betaSlow rotations below which a pair is slowed by the whole factor
     * @param mscale with {@code mscaleAllDim}, the factor on cosine and sine: m(mscale) /
     *     m(mscaleAllDim); 1 for models that do not state it
     * @param mscaleAllDim m(mscaleAllDim)² is a factor on the attention's scale; 0 for none
     */
    record Yarn(
            double factor,
            int originalMaxPositionEmbeddings,
            double betaFast,
            double betaSlow,
            double mscale,
            double mscaleAllDim)
            implements RopeScaling {
        public Yarn {
            checkPositive("factor", factor);
            checkPositive("original_max_position_embeddings", originalMaxPositionEmbeddings);
            checkPositive("beta_fast", betaFast);
            checkPositive("beta_slow", betaSlow);
        }

        /** The same with cosine and sine multiplied by one more factor. */
        Yarn timesTable(double more) {
            if (factor <= 1 || more == 1) {
                return this;
            }
            double wanted = magnitude(mscale) * more; // = 0.1 * other * ln(factor) + 1
            double other = (wanted - 1) / (0.1 * Math.log(factor));
            return new Yarn(
                    factor, originalMaxPositionEmbeddings, betaFast, betaSlow, other, mscaleAllDim);
        }

        @Override
        public double attentionFactor() {
            double m = magnitude(mscaleAllDim); // DeepSeek-V3 inference/model.py, MLA
            return m * m;
        }

        @Override
        public double tableFactor() {
            return magnitude(mscale) / magnitude(mscaleAllDim);
        }

        private double magnitude(double scale) {
            return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
        }

        /** Section 3.2, "NTK-by-parts". */
        @Override
        public double[] apply(double[] frequencies, double ropeTheta) {
            if (factor <= 1) {
                return frequencies;
            }
            int width = 2 * frequencies.length;
            double low = Math.max(Math.floor(turningPair(betaFast, width, ropeTheta)), 0);
            double high = Math.min(Math.ceil(turningPair(betaSlow, width, ropeTheta)), width - 1);
            if (low == high) {
                high += 0.001;
            }
            double[] scaled = new double[frequencies.length];
            for (int i = 0; i < scaled.length; i++) {
                double ramp = Math.clamp((i - low) / (high - low), 0.0, 1.0);
                scaled[i] = frequencies[i] * (1 - ramp) + frequencies[i] / factor * ramp;
            }
            return scaled;
        }

        /** The pair that makes {@code rotations} turns over the original context. */
        private double turningPair(double rotations, int width, double ropeTheta) {
            return width
                    * Math.log(originalMaxPositionEmbeddings / (2 * Math.PI * rotations))
                    / (2 * Math.log(ropeTheta));
        }
    }

    private static void checkPositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new UnsupportedModelException(
                    "rope scaling: " + name + " is " + value + "; expected a positive number");
        }
    }
}
