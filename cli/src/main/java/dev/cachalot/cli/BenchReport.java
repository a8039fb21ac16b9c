package dev.cachalot.cli;

import dev.cachalot.tensor.Ceilings;
import java.util.List;

/**
 * What {@code bench} found out.
 *
 * @param kernels the rung that ran
 * @param isQuantised whether most products are with quantised weights, whose ceiling is that of
 *     whole numbers
 * @param promptByLength reading longer and longer prompts
 * @param promptByContext reading the same number of tokens after more and more others
 * @param skipped what was not run
 */
record BenchReport(
        Ceilings ceilings,
        String kernels,
        int threads,
        boolean isQuantised,
        Prompt prompt,
        Generate generate,
        List<Prompt> promptByLength,
        List<Prompt> promptByContext,
        List<Prompt> promptByBatch,
        List<Generate> generateByContext,
        List<Generate> generateByBatch,
        List<Skipped> skipped,
        Guesses guesses) {

    /**
     * Reading prompts; of a batch, all of them together.
     *
     * @param context tokens before the prompt, read earlier
     * @param tokens of each prompt
     * @param gmacS multiply-adds, those of attention to other tokens left out
     */
    record Prompt(int batch, int context, int tokens, double tokensPerS, double gmacS) {}

    /**
     * Generating; of a batch, all sequences together, while all of them generate.
     *
     * @param context tokens before the prompt
     * @param tokens that each sequence generates
     * @param gbS bytes of weights and of cached rows; of a batch, weights count once a step
     */
    record Generate(int batch, int context, int tokens, double tokensPerS, double gbS) {}

    /** A setting that was not run. */
    record Skipped(String setting, String why) {}

    /**
     * Where guesses came from, and what they saved: a right one takes the place of a sequence's
     * forward.
     */
    record Guesses(String source, long forwards, long drafted, long accepted) {}

    double shareOfFp32(Prompt each) {
        return each.gmacS / ceilings.fp32GmacS();
    }

    double shareOfInt8(Prompt each) {
        return each.gmacS / ceilings.int8GmacS();
    }

    double shareOfRead(Generate each) {
        return each.gbS / ceilings.readGbS();
    }
}
