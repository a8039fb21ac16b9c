package dev.cachalot.train;

import dev.cachalot.tokenizer.TrainingExample;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random tokens, each predicted: nothing to learn, but every step costs the same, for measuring
 * speed.
 *
 * @param length rows that an example takes in a batch; it has one token more, the last target
 */
record RandomExamples(int vocabSize, int length, long seed) implements ExampleSource {
    @Override
    public TrainingExample example(long index) {
        SplittableRandom random = Numbers.randomOf(seed, index);
        int[] ids = new int[length + 1];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = random.nextInt(vocabSize);
        }
        boolean[] mask = new boolean[ids.length];
        Arrays.fill(mask, true);
        return new TrainingExample(ids, mask);
    }
}
