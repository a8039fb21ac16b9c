package dev.cachalot.model;

import java.util.Optional;

/** Rotary embedding: its base, and YaRN's scaling where a model has it. */
public record RopeConfig(double ropeTheta, Optional<Yarn> ropeScaling) {

    /**
     * YaRN (Peng et al., arXiv 2309.00071, section 3) with DeepSeek's two magnitude factors.
     *
     * @param factor how many times longer the context became
     * @param originalMaxPositionEmbeddings context before
     * @param betaFast rotations over the original context from which a pair is kept as it is
     * @param betaSlow rotations below which a pair is slowed by the whole factor
     * @param mscale with {@code mscaleAllDim}, the factor on cosine and sine: m(mscale) /
     *     m(mscaleAllDim)
     * @param mscaleAllDim m(mscaleAllDim)² is a factor on the attention's scale; 0 for none
     */
    public record Yarn(
            double factor,
            int originalMaxPositionEmbeddings,
            double betaFast,
            double betaSlow,
            double mscale,
            double mscaleAllDim) {
        public Yarn {
            if (!(factor > 0)
                    || originalMaxPositionEmbeddings <= 0
                    || !(betaFast > 0)
                    || !(betaSlow > 0)) {
                throw new UnsupportedModelException(
                        "rope_scaling has factor "
                                + factor
                                + ", original context "
                                + originalMaxPositionEmbeddings
                                + ", betas "
                                + betaFast
                                + " and "
                                + betaSlow
                                + "; all must be positive");
            }
        }
    }

    public RopeConfig {
        if (!(ropeTheta > 1)) {
            throw new UnsupportedModelException(
                    "rope_theta is " + ropeTheta + "; expected a number above 1");
        }
    }

    /**
     * Factor on the attention's scale: m(mscaleAllDim)², 1 without YaRN (DeepSeek-V3
     * inference/model.py, MLA).
     */
    public double attentionFactor() {
        return ropeScaling
                .map(
                        yarn -> {
                            double m = magnitude(yarn.factor(), yarn.mscaleAllDim());
                            return m * m;
                        })
                .orElse(1.0);
    }

    /** Factor on cosine and sine. */
    double tableFactor() {
        return ropeScaling
                .map(
                        yarn ->
                                magnitude(yarn.factor(), yarn.mscale())
                                        / magnitude(yarn.factor(), yarn.mscaleAllDim()))
                .orElse(1.0);
    }

    private static double magnitude(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /**
     * Angle a position of each of the {@code width / 2} pairs, YaRN applied (section 3.2,
     * "NTK-by-parts").
     */
    public double[] frequencies(int width) {
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(ropeTheta, -2.0 * i / width);
        }
        if (ropeScaling.isPresent() && ropeScaling.get().factor() > 1) {
            Yarn yarn = ropeScaling.get();
            double low = Math.max(Math.floor(turningPair(yarn, yarn.betaFast(), width)), 0);
            double high = Math.min(Math.ceil(turningPair(yarn, yarn.betaSlow(), width)), width - 1);
            if (low == high) {
                high += 0.001;
            }
            for (int i = 0; i < frequencies.length; i++) {
                double ramp = Math.clamp((i - low) / (high - low), 0.0, 1.0);
                frequencies[i] =
                        frequencies[i] * (1 - ramp) + frequencies[i] / yarn.factor() * ramp;
            }
        }
        return frequencies;
    }

    /** The pair that makes {@code rotations} turns over the original context. */
    private double turningPair(Yarn yarn, double rotations, int width) {
        return width
                * Math.log(yarn.originalMaxPositionEmbeddings() / (2 * Math.PI * rotations))
                / (2 * Math.log(ropeTheta));
    }
}
