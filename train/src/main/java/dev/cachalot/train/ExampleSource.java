package dev.cachalot.train;

import dev.cachalot.tokenizer.TrainingExample;

/**
 * An endless list of examples. Example {@code index} depends on nothing but the index and what the
 * source was made with, so the place in the data is one number and a resumed run sees the same.
 */
@FunctionalInterface
interface ExampleSource {
    TrainingExample example(long index);
}
