package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.ScalarProducts.addScaled;
import static dev.cachalot.tensor.kernel.ScalarProducts.row;

import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;
import java.util.Arrays;

/** The router and the weighted sum over experts. Sums over a row are in double, ascending. */
final class ScalarExperts {
    private static final double NORM_EPS = 1e-20; // as DeepSeek's published router has it

    static void route(
            Tensor logits, Tensor bias, RouteRule rule, Tensor scores, Tensor ids, Tensor weights) {
        float[] biases = row(bias, 0);
        for (int t = 0; t < logits.rows(); t++) {
            float[] score = scores(row(logits, t), rule);
            scores.setRow(t, score);
            float[] biased = score.clone();
            addScaled(1, biases, biased);
            hideGroups(biased, rule);
            int[] chosen = best(biased, rule.topK());
            double factor = factor(score, chosen, rule);
            for (int j = 0; j < chosen.length; j++) {
                ids.setInt(t, j, chosen[j]);
                weights.set(t, j, (float) (score[chosen[j]] * factor));
            }
        }
    }

    private static float[] scores(float[] logits, RouteRule rule) {
        float[] scores = new float[logits.length];
        switch (rule.scoring()) {
            case SOFTMAX -> {
                double[] p = ScalarLosses.softmax(logits);
                for (int e = 0; e < scores.length; e++) {
                    scores[e] = (float) p[e];
                }
            }
            case SIGMOID -> {
                for (int e = 0; e < scores.length; e++) {
                    scores[e] = (float) ScalarLayers.sigmoid(logits[e]);
                }
            }
        }
        return scores;
    }

    /** Sets the scores of all groups but the best to minus infinity. */
    private static void hideGroups(float[] biased, RouteRule rule) {
        int size = biased.length / rule.groups();
        float[] ranks = new float[rule.groups()];
        for (int g = 0; g < ranks.length; g++) {
            float[] group = Arrays.copyOfRange(biased, g * size, (g + 1) * size);
            int[] top = best(group, Math.min(2, size));
            ranks[g] =
                    switch (rule.groupScore()) {
                        case MAX -> group[top[0]];
                        case SUM_OF_TOP_TWO ->
                                size == 1 ? group[top[0]] : group[top[0]] + group[top[1]];
                    };
        }
        boolean[] kept = new boolean[ranks.length];
        for (int g : best(ranks, rule.topGroups())) {
            kept[g] = true;
        }
        for (int e = 0; e < biased.length; e++) {
            if (!kept[e / size]) {
                biased[e] = Float.NEGATIVE_INFINITY;
            }
        }
    }

    /** Indexes of the largest numbers, falling; the lower index wins a tie. */
    private static int[] best(float[] numbers, int count) {
        int[] chosen = new int[count];
        boolean[] taken = new boolean[numbers.length];
        for (int j = 0; j < count; j++) {
            int best = -1;
            for (int e = 0; e < numbers.length; e++) {
                if (!taken[e] && (best < 0 || numbers[e] > numbers[best])) {
                    best = e;
                }
            }
            taken[best] = true;
            chosen[j] = best;
        }
        return chosen;
    }

    /** What the chosen scores are multiplied by to give weights. */
    private static double factor(float[] score, int[] chosen, RouteRule rule) {
        if (!rule.normalize()) {
            return rule.scale();
        }
        double sum = 0;
        for (int e : chosen) {
            sum += score[e];
        }
        return rule.scale() / (sum + NORM_EPS);
    }

    /**
     * With f the factor on chosen scores: dS_e = f dW_e, less f Σ_j dW_j s_j / (Σ_j s_j + eps)
     * where weights are normalised. Then dLogit = s (dS - Σ_e dS_e s_e) for softmax, and dS s (1 -
     * s) for sigmoid.
     */
    static void routeGradients(
            Tensor scores, Tensor ids, Tensor dWeights, RouteRule rule, Tensor dLogits) {
        for (int t = 0; t < scores.rows(); t++) {
            float[] score = row(scores, t);
            int[] chosen = new int[rule.topK()];
            for (int j = 0; j < chosen.length; j++) {
                chosen[j] = ids.getInt(t, j);
            }
            Checks.indexes("ids", chosen, score.length);
            double factor = factor(score, chosen, rule);
            double along = 0;
            for (int j = 0; j < chosen.length; j++) {
                along += (double) dWeights.get(t, j) * score[chosen[j]];
            }
            double shared = rule.normalize() ? along * factor / rule.scale() : 0;
            double[] ds = new double[score.length];
            for (int j = 0; j < chosen.length; j++) {
                ds[chosen[j]] = factor * (dWeights.get(t, j) - shared);
            }
            dLogits.setRow(t, logitGradients(score, ds, rule));
        }
    }

    private static float[] logitGradients(float[] score, double[] ds, RouteRule rule) {
        double mean = 0;
        for (int e = 0; e < score.length; e++) {
            mean += ds[e] * score[e];
        }
        float[] gradients = new float[score.length];
        for (int e = 0; e < score.length; e++) {
            double gradient =
                    switch (rule.scoring()) {
                        case SOFTMAX -> score[e] * (ds[e] - mean);
                        case SIGMOID -> ds[e] * score[e] * (1 - score[e]);
                    };
            gradients[e] = (float) gradient;
        }
        return gradients;
    }

    static void combine(Tensor x, int[] slots, Tensor weights, Tensor y) {
        int topK = weights.width();
        for (int t = 0; t < y.rows(); t++) {
            float[] sums = row(y, t);
            for (int j = 0; j < topK; j++) {
                addScaled(weights.get(t, j), row(x, slots[t * topK + j]), sums);
            }
            y.setRow(t, sums);
        }
    }

    static void combineGradients(
            Tensor x, int[] slots, Tensor weights, Tensor dy, Tensor dx, Tensor dWeights) {
        int topK = weights.width();
        for (int t = 0; t < dy.rows(); t++) {
            float[] dOut = row(dy, t);
            for (int j = 0; j < topK; j++) {
                float[] in = row(x, slots[t * topK + j]);
                float dot = 0;
                for (int c = 0; c < in.length; c++) {
                    dot = Math.fma(dOut[c], in[c], dot);
                    in[c] = weights.get(t, j) * dOut[c];
                }
                dWeights.set(t, j, dot);
                dx.setRow(slots[t * topK + j], in);
            }
        }
    }

    private ScalarExperts() {}
}
