package dev.cachalot.train;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.KebabCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * The vocabulary that is learned from generated problems before the model is.
 *
 * @param vocabSize tokens, control tokens and bytes included
 * @param splitDigits whether every digit is a token of its own; otherwise up to three together
 * @param problems of each language and kind that are counted
 */
@JsonNaming(KebabCaseStrategy.class)
public record TokenizerRecipe(int vocabSize, boolean splitDigits, int problems) {
    static final TokenizerRecipe DEFAULTS = new TokenizerRecipe(2048, true, 1000);

    public TokenizerRecipe {
        Numbers.requireAtLeast("vocab-size", vocabSize, 1);
        Numbers.requireAtLeast("problems", problems, 1);
    }
}
