package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.regex.Pattern;

/**
 * Everything that decides a training run; two runs of one recipe on one rung of kernels give the
 * same losses to the bit. Read by {@link RecipeReader}; absent keys take the values of {@link
 * #DEFAULTS}.
 *
 * @param name of the model that comes out
 * @param seed of the starting parameters and the data
 * @param precision of the products, forward and backward
 */
@JsonNaming(KebabCaseStrategy.class)
public record Recipe(
        String name,
        long seed,
        PrecisionRecipe precision,
        ModelRecipe model,
        TokenizerRecipe tokenizer,
        DataRecipe data,
        Initialization initialization,
        OptimizerRecipe optimizer,
        ScheduleRecipe schedule,
        BatchRecipe batch,
        ReportRecipe report,
        ExportRecipe export) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** The model of 10 M parameters, 3 M active, on a mix of all problems, for an hour at most. */
    public static final Recipe DEFAULTS =
            new Recipe(
                    "cachalot",
                    1,
                    PrecisionRecipe.FP32,
                    ModelRecipe.DEFAULTS,
                    TokenizerRecipe.DEFAULTS,
                    DataRecipe.DEFAULTS,
                    new Initialization(Initialization.Scheme.NORMAL, 0.02, 0.02),
                    OptimizerRecipe.DEFAULTS,
                    ScheduleRecipe.DEFAULTS,
                    new BatchRecipe(8192, 8192),
                    new ReportRecipe(200, 128, 200, 5),
                    new ExportRecipe(ExportRecipe.Type.Q8_0));

    public Recipe {
        if (!NAME.matcher(name).matches()) { // it names a folder
            throw new IllegalArgumentException(
                    ("'name' is '%s'; expected a name for the model of letters, digits, dots,"
                                    + " dashes and underscores, such as 'my-model'")
                            .formatted(name.substring(0, Math.min(40, name.length()))));
        }
    }

    /**
     * How many tokens are computed at a time.
     *
     * @param tokens rows of one step, at most; whole examples only
     * @param microBatchTokens rows that lie in memory at once, at most; a step adds up the
     *     gradients of its micro-batches
     */
    @JsonNaming(KebabCaseStrategy.class)
    public record BatchRecipe(int tokens, int microBatchTokens) {
        public BatchRecipe {
            Numbers.requireAtLeast("tokens", tokens, 1);
            Numbers.requireBetween("micro-batch-tokens", microBatchTokens, 1, tokens);
        }
    }

    /**
     * When the run looks at itself and saves itself.
     *
     * @param evalEvery steps between two looks at held-out examples; 0 for never
     * @param evalExamples how many of them, half with thinking
     * @param checkpointEvery steps between two checkpoints; 0 for only at the end
     * @param checkpointMinutes minutes after which one is written anyway; 0 for never
     */
    @JsonNaming(KebabCaseStrategy.class)
    public record ReportRecipe(
            int evalEvery, int evalExamples, int checkpointEvery, double checkpointMinutes) {
        public ReportRecipe {
            Numbers.requireAtLeast("eval-every", evalEvery, 0);
            Numbers.requireAtLeast("eval-examples", evalExamples, 0);
            Numbers.requireAtLeast("checkpoint-every", checkpointEvery, 0);
            Numbers.requireAtLeast("checkpoint-minutes", checkpointMinutes, 0);
        }
    }
}
