package dev.cachalot.train;

import dev.cachalot.tokenizer.TrainingExample;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills steps with whole examples, in order: no example is cut, none attends to another, no row is
 * padding.
 */
final class Packer {
    private final ExampleSource source;
    private final Recipe.BatchRecipe sizes;
    private final int contextLength;

    Packer(ExampleSource source, Recipe.BatchRecipe sizes, int contextLength) {
        this.source = source;
        this.sizes = sizes;
        this.contextLength = contextLength;
    }

    /**
     * What one step learns from.
     *
     * @param cursor index of the first example that is left for the next step
     * @param rows of all micro-batches together
     * @param skipped examples that do not fit the context or the micro-batch, and were passed over
     */
    record Step(List<MicroBatch> microBatches, long cursor, int rows, int skipped) {}

    /**
     * The step that begins at example {@code cursor}; it has at least one example.
     *
     * @throws TrainingSetupException if a thousand examples in a row do not fit
     */
    Step next(long cursor) {
        int longest = Math.min(contextLength, sizes.microBatchTokens());
        List<MicroBatch> microBatches = new ArrayList<>();
        List<TrainingExample> current = new ArrayList<>();
        int currentRows = 0;
        int total = 0;
        int skipped = 0;
        long at = cursor;
        while (true) {
            TrainingExample example = source.example(at);
            int rows = MicroBatch.rows(example);
            if (rows > longest) {
                skipped++;
                at++;
                if (skipped >= 1000 && total == 0) {
                    throw new TrainingSetupException(
                            "examples "
                                    + cursor
                                    + " to "
                                    + at
                                    + " are all too long, the last with "
                                    + rows
                                    + " tokens; 'max_position_embeddings' and 'micro-batch-tokens' allow "
                                    + longest);
                }
                continue;
            }
            if (total + rows > sizes.tokens()) {
                break;
            }
            if (currentRows + rows > sizes.microBatchTokens()) {
                microBatches.add(MicroBatch.of(current));
                current = new ArrayList<>();
                currentRows = 0;
            }
            current.add(example);
            currentRows += rows;
            total += rows;
            at++;
        }
        microBatches.add(MicroBatch.of(current));
        return new Step(List.copyOf(microBatches), at, total, skipped);
    }
}
