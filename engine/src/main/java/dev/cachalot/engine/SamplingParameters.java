package dev.cachalot.engine;

import java.util.OptionalLong;

/**
 * How the next token is chosen. The repetition penalty is applied first, then temperature, top-k,
 * top-p and min-p, each on what the one before left.
 *
 * @param temperature divides the logits; 0 takes the most probable token, the lowest id among
 *     equals
 * @param topP keeps the fewest most probable tokens that reach this share of the mass; 1 for all
 * @param topK keeps that many most probable tokens; 0 for all
 * @param minP keeps tokens of at least this share of the best one's probability; 0 for all
 * @param repetitionPenalty for tokens of prompt and completion, divides positive logits and
 *     multiplies negative ones (Keskar et al., arXiv 1909.05858, section 4.1); 1 for none
 * @param seed same seed and prompt, same tokens, whatever else runs; empty for a fresh one
 */
public record SamplingParameters(
        float temperature,
        float topP,
        int topK,
        float minP,
        float repetitionPenalty,
        OptionalLong seed) {
    public SamplingParameters {
        check(
                temperature >= 0 && temperature <= Float.MAX_VALUE,
                "temperature",
                temperature,
                "0 or more");
        check(topP > 0 && topP <= 1, "topP", topP, "above 0, at most 1");
        check(topK >= 0, "topK", topK, "0 (all tokens) or more");
        check(minP >= 0 && minP <= 1, "minP", minP, "0 to 1");
        check(
                repetitionPenalty > 0 && repetitionPenalty <= Float.MAX_VALUE,
                "repetitionPenalty",
                repetitionPenalty,
                "above 0, where 1 is none");
    }

    /** The most probable token, always. */
    public static SamplingParameters greedy() {
        return new SamplingParameters(0, 1, 0, 0, 1, OptionalLong.empty());
    }

    private static void check(boolean holds, String name, Number found, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + " is " + found + "; expected " + expected);
        }
    }
}
