package dev.cachalot.engine;

import dev.cachalot.tensor.Tensor;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Chooses a token from logits. Holds scratch memory only: the same arguments give the same token.
 * Owned by the engine thread.
 */
final class Sampler {
    /**
     * Weights, relative to the best, down to which candidates are looked for, one after another:
     * most often the first few hundred tokens decide, and sorting the whole vocabulary is slow.
     */
    private static final double[] LEVELS = {1e-3, 1e-6, 0};

    /**
     * Logits of one place.
     *
     * @param tensor [rows, V]
     * @param row of the tensor
     * @param best id of the largest
     * @param logSumExp log of the sum of their exponentials
     */
    record Row(Tensor tensor, int row, int best, double logSumExp) {
        float get(int id) {
            return tensor.get(row, id);
        }
    }

    private final float[] adjusted; // logits after the penalty
    private final double[] weights; // relative to the best; not normalised
    private final long[] candidates; // best first: reversed logit, then id
    private final BitSet seen = new BitSet();

    Sampler(int vocabSize) {
        adjusted = new float[vocabSize];
        weights = new double[vocabSize];
        candidates = new long[vocabSize];
    }

    /**
     * The chosen token.
     *
     * @param logits not changed
     * @param context tokens that the repetition penalty is for; the first {@code length} count
     * @param draw in [0, 1): which of the remaining tokens
     * @throws ComputationFailedException if the logits are not numbers
     */
    GenerationEvent.Token choose(
            Row logits, SamplingParameters parameters, int[] context, int length, double draw) {
        if (!Double.isFinite(logits.logSumExp)) {
            throw new ComputationFailedException(
                    "the model gave logits that are not numbers (best "
                            + logits.get(logits.best)
                            + ", log of their sum "
                            + logits.logSumExp
                            + "); its weights are broken",
                    null);
        }
        int id = logits.best;
        if (parameters.temperature() != 0 || parameters.repetitionPenalty() != 1) {
            logits.tensor.copyRow(logits.row, adjusted);
            if (parameters.repetitionPenalty() != 1) {
                penalise(parameters.repetitionPenalty(), context, length);
                id = argMax(adjusted);
            }
            id = parameters.temperature() == 0 ? id : sample(parameters, id, draw);
        }
        return new GenerationEvent.Token(id, (float) (logits.get(id) - logits.logSumExp));
    }

    private void penalise(float penalty, int[] context, int length) {
        seen.clear();
        for (int i = 0; i < length; i++) {
            int id = context[i];
            if (!seen.get(id)) {
                seen.set(id);
                adjusted[id] = adjusted[id] > 0 ? adjusted[id] / penalty : adjusted[id] * penalty;
            }
        }
    }

    /** The lowest id among the largest. */
    private static int argMax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    private int sample(SamplingParameters parameters, int best, double draw) {
        double total = 0;
        for (int i = 0; i < adjusted.length; i++) {
            weights[i] =
                    Math.exp(((double) adjusted[i] - adjusted[best]) / parameters.temperature());
            total += weights[i];
        }
        boolean uncut = parameters.topK() == 0 && parameters.topP() == 1 && parameters.minP() == 0;
        return uncut ? pick(draw * total, best) : pickCandidate(parameters, total, draw);
    }

    private int pick(double target, int best) {
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            if (sum > target) {
                return i;
            }
        }
        return best; // rounding ate the last token's share
    }

    private int pickCandidate(SamplingParameters parameters, double total, double draw) {
        int count = findCandidates(parameters, total);
        double mass = total;
        if (parameters.topK() > 0) {
            count = Math.min(count, parameters.topK());
            mass = 0;
            for (int i = 0; i < count; i++) {
                mass += weights[id(i)];
            }
        }
        double keptMass = 0;
        int kept = 0;
        while (kept < count
                && (kept == 0
                        || ((parameters.topP() == 1 || keptMass < parameters.topP() * mass)
                                && weights[id(kept)] >= parameters.minP()))) {
            keptMass += weights[id(kept)];
            kept++;
        }
        double target = draw * keptMass;
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            sum += weights[id(i)];
            if (sum > target) {
                return id(i);
            }
        }
        return id(0);
    }

    /** Lists the most probable tokens, best first, as many as the cuts can keep, or more. */
    private int findCandidates(SamplingParameters parameters, double total) {
        int count = 0;
        for (double level : LEVELS) {
            count = 0;
            double mass = 0;
            for (int i = 0; i < weights.length; i++) {
                if (weights[i] >= level) {
                    candidates[count++] = candidate(i);
                    mass += weights[i];
                }
            }
            boolean enough;
            if (parameters.topK() > 0) {
                enough = count >= parameters.topK();
            } else if (parameters.topP() < 1) {
                enough = mass >= parameters.topP() * total;
            } else {
                enough = level <= parameters.minP();
            }
            if (enough) {
                break;
            }
        }
        Arrays.sort(candidates, 0, count);
        return count;
    }

    /** Sorts by falling logit, then by rising id. */
    private long candidate(int id) {
        int bits = Float.floatToIntBits(adjusted[id]);
        int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE); // signed order of the floats
        return ((long) ~rising << 32) | id;
    }

    private int id(int place) {
        return (int) candidates[place];
    }
}
