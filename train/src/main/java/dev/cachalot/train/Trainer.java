package dev.cachalot.train;

import dev.cachalot.tensor.Rung;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Runs a recipe in a folder: from its beginning, or from the last checkpoint in it.
 *
 * @param threads that compute
 * @param out gets the progress
 * @param overwrite whether {@code out} is a terminal, on which the progress line is written over
 * @param stop is asked after every step; true ends the run with a checkpoint, to be taken up later
 */
public record Trainer(
        int threads, Rung rung, PrintStream out, boolean overwrite, BooleanSupplier stop) {

    /**
     * What a run came to.
     *
     * @param finished whether the recipe's end was reached; otherwise the same call continues it
     * @param loss of the last step, in nats
     * @param tokensPerSecond mean over the whole run
     * @param model the exported file; absent before the end, and for a run without a tokenizer
     */
    public record Outcome(
            boolean finished,
            long steps,
            long tokens,
            double loss,
            double tokensPerSecond,
            Path report,
            Optional<Path> model) {}

    /**
     * Runs until the recipe's end, or until asked to stop.
     *
     * @throws TrainingException if the recipe, the folder or the numbers do not allow it
     * @throws IOException if the folder cannot be read or written; a checkpoint that cannot be
     *     written only gives a warning, and the one before it stays
     */
    public Outcome run(Recipe recipe, Path directory) throws IOException {
        try (RunDirectory runDirectory = RunDirectory.open(directory, recipe);
                Run run = Run.prepare(recipe, runDirectory, this)) {
            return run.toTheEnd();
        }
    }
}
