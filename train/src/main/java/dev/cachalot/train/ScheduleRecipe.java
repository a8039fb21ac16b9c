package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * How long a run is, and its learning rate: a linear warm-up, then half a cosine from the peak to
 * the minimum over the run's progress (Loshchilov and Hutter, arXiv 1608.03983, eq. 5, without
 * restarts).
 *
 * @param steps the run ends after as many
 * @param maxMinutes or after as long, the cosine then being laid over time; 0 for no limit
 * @param warmupSteps steps over which the rate rises
 */
@JsonNaming(KebabCaseStrategy.class)
public record ScheduleRecipe(
        long steps,
        double maxMinutes,
        long warmupSteps,
        double peakLearningRate,
        double minLearningRate) {
    static final ScheduleRecipe DEFAULTS = new ScheduleRecipe(2000, 60, 50, 2e-3, 1e-4);

    public ScheduleRecipe {
        Numbers.requireAtLeast("steps", (double) steps, 1);
        Numbers.requireAtLeast("max-minutes", maxMinutes, 0);
        Numbers.requireAtLeast("warmup-steps", (double) warmupSteps, 0);
        Numbers.requireAtLeast("peak-learning-rate", peakLearningRate, 0);
        Numbers.requireBetween("min-learning-rate", minLearningRate, 0, peakLearningRate);
    }

    /**
     * How much of the run is over when step {@code step} (from 1) begins, 0 to 1: of its steps or
     * of its time, whichever is further.
     *
     * @param seconds time the run has taken so far, over all its processes
     */
    double progress(long step, double seconds) {
        double ofSteps = (double) (step - 1) / steps;
        double ofTime = maxMinutes == 0 ? 0 : seconds / (60 * maxMinutes);
        return Math.min(1, Math.max(ofSteps, ofTime));
    }

    /**
     * The learning rate of a step (from 1). A function of the recorded progress alone, so that a
     * run that is taken up again follows the same curve.
     */
    double learningRate(long step, double progress) {
        double warm = Math.min(1, (double) step / Math.max(1, warmupSteps));
        double wave = 0.5 * (1 + StrictMath.cos(Math.PI * progress));
        return warm * (minLearningRate + (peakLearningRate - minLearningRate) * wave);
    }
}
