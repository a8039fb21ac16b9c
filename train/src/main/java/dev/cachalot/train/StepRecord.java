package dev.cachalot.train;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a run's log.
 *
 * @param step from 1
 * @param progress of the run when the step began, which decided its learning rate
 * @param tokens rows computed by the end of the step, since the start of the run
 * @param skipped examples that did not fit
 * @param tokensPerSecond of this step
 * @param seconds of the run by the end of the step, over all its processes
 * @param heldOut what a look at the test split gave, on the steps that took one
 */
@JsonNaming(KebabCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record StepRecord(
        long step,
        double progress,
        long tokens,
        int skipped,
        double loss,
        double nextTokenLoss,
        double accuracy,
        double learningRate,
        double gradientNorm,
        double tokensPerSecond,
        double seconds,
        List<ExpertLoads.Spread> expertLoads,
        HeldOut.@Nullable Result heldOut) {}
