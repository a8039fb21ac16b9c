package dev.cachalot.eval;

import java.util.Collection;

/** How many of how many were right. */
public record Score(int right, int total) {

    /** The score of some answers. */
    public static Score of(Collection<GradedAnswer> answers) {
        return new Score(
                Math.toIntExact(answers.stream().filter(GradedAnswer::correct).count()),
                answers.size());
    }

    /** Share that was right, in per cent; 0 of nothing. */
    public double percent() {
        return total == 0 ? 0 : 100.0 * right / total;
    }
}
