package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * Numbers of AdamW, of clipping and of the two side terms.
 *
 * @param weightDecay on matrices only, decoupled
 * @param clipNorm longest gradient, all parameters together; 0 for no limit
 * @param nextTokenWeight weight of the multi-token-prediction loss (lambda in DeepSeek-V3, section
 *     2.2); counts only for a model that has the block
 * @param balanceSpeed step of the routers' correction biases (gamma in DeepSeek-V3, section 2.1.2)
 */
@JsonNaming(KebabCaseStrategy.class)
public record OptimizerRecipe(
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        double clipNorm,
        double nextTokenWeight,
        double balanceSpeed) {
    static final OptimizerRecipe DEFAULTS =
            new OptimizerRecipe(0.9, 0.95, 1e-8, 0.1, 1.0, 0.3, 0.001);

    public OptimizerRecipe {
        Numbers.requireBetween("beta1", beta1, 0, 0.999_999_9);
        Numbers.requireBetween("beta2", beta2, 0, 0.999_999_9);
        Numbers.requireAtLeast("eps", eps, 1e-20);
        Numbers.requireAtLeast("weight-decay", weightDecay, 0);
        Numbers.requireAtLeast("clip-norm", clipNorm, 0);
        Numbers.requireAtLeast("next-token-weight", nextTokenWeight, 0);
        Numbers.requireAtLeast("balance-speed", balanceSpeed, 0);
    }
}
