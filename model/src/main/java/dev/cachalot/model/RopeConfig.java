package dev.cachalot.model;

import java.util.Optional;

/** Rotary embedding: its base, and how it was scaled where a model's context was extended. */
public record RopeConfig(double ropeTheta, Optional<RopeScaling> ropeScaling) {

    public RopeConfig {
        if (!(ropeTheta > 1) || Double.isInfinite(ropeTheta)) {
            throw new UnsupportedModelException(
                    "rope_theta is " + ropeTheta + "; expected a number above 1");
        }
    }

    /** Factor on the attention's scale. */
    public double attentionFactor() {
        return ropeScaling.map(RopeScaling::attentionFactor).orElse(1.0);
    }

    /** Factor on cosine and sine. */
    double tableFactor() {
        return ropeScaling.map(RopeScaling::tableFactor).orElse(1.0);
    }

    /** Angle a position of each of the {@code width / 2} pairs, scaling applied. */
    public double[] frequencies(int width) {
        double[] frequencies = new double[width / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = Math.pow(ropeTheta, -2.0 * i / width);
        }
        return ropeScaling
                .map(scaling -> scaling.apply(frequencies, ropeTheta))
                .orElse(frequencies);
    }
}
