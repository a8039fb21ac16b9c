package dev.cachalot.tensor;

/**
 * How a router chooses experts (DeepSeek-V2 section 2.2, DeepSeek-V3 section 2.1.2).
 *
 * @param scoring how logits become scores
 * @param topK experts a token
 * @param groups groups of experts, of equal size; 1 for a choice without groups
 * @param topGroups groups that remain
 * @param groupScore how a group is ranked
 * @param normalize whether the chosen scores are divided by their sum (+ 1e-20)
 * @param scale factor on the weights, after normalising
 */
public record RouteRule(
        Scoring scoring,
        int topK,
        int groups,
        int topGroups,
        GroupScore groupScore,
        boolean normalize,
        float scale) {

    /** Scores from logits: over all experts, or of each alone. */
    public enum Scoring {
        SOFTMAX,
        SIGMOID
    }

    /**
     * The rank of a group: its best expert (V2), or the sum of its best two (V3); of the biased
     * scores.
     */
    public enum GroupScore {
        MAX,
        SUM_OF_TOP_TWO
    }
}
