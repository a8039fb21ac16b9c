package dev.cachalot.train;

import dev.cachalot.model.ForwardBatch;
import dev.cachalot.tokenizer.TrainingExample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Examples that are computed together, each a sequence of its own, without padding. An example of n
 * tokens takes n - 1 rows: row t holds token t and predicts token t + 1, and t + 2 in the
 * multi-token-prediction block.
 *
 * @param targets token that each logit row predicts
 * @param nextIds token after each row's
 * @param nextRows rows whose token after next is scored, ascending
 * @param nextTargets those tokens
 * @param exampleOf example that each logit row belongs to
 */
record MicroBatch(
        ForwardBatch batch,
        int[] targets,
        int[] nextIds,
        int[] nextRows,
        int[] nextTargets,
        int[] exampleOf,
        int examples) {

    /** Rows that an example takes. */
    static int rows(TrainingExample example) {
        return Math.max(0, example.ids().length - 1);
    }

    static MicroBatch of(List<TrainingExample> examples) {
        List<int[]> sequences = new ArrayList<>();
        List<boolean[]> scored = new ArrayList<>();
        int total = examples.stream().mapToInt(MicroBatch::rows).sum();
        Ints targets = new Ints(total);
        Ints nextIds = new Ints(total);
        Ints nextRows = new Ints(total);
        Ints nextTargets = new Ints(total);
        Ints exampleOf = new Ints(total);
        int first = 0;
        for (int e = 0; e < examples.size(); e++) {
            int[] ids = examples.get(e).ids();
            boolean[] mask = examples.get(e).lossMask();
            int rows = rows(examples.get(e));
            sequences.add(Arrays.copyOf(ids, rows));
            scored.add(Arrays.copyOfRange(mask, Math.min(1, mask.length), mask.length));
            for (int t = 0; t < rows; t++) {
                nextIds.add(ids[t + 1]);
                if (mask[t + 1]) {
                    targets.add(ids[t + 1]);
                    exampleOf.add(e);
                }
                if (t + 2 < ids.length && mask[t + 2]) {
                    nextRows.add(first + t);
                    nextTargets.add(ids[t + 2]);
                }
            }
            first += rows;
        }
        return new MicroBatch(
                ForwardBatch.training(sequences, scored),
                targets.toArray(),
                nextIds.toArray(),
                nextRows.toArray(),
                nextTargets.toArray(),
                exampleOf.toArray(),
                examples.size());
    }

    /** A list of ints of a known greatest length. */
    private static final class Ints {
        private final int[] numbers;
        private int size;

        Ints(int capacity) {
            numbers = new int[capacity];
        }

        void add(int number) {
            numbers[size++] = number;
        }

        int[] toArray() {
            return Arrays.copyOf(numbers, size);
        }
    }
}
