package dev.cachalot.tokenizer;

/**
 * A conversation to learn from.
 *
 * @param ids its tokens, one start token first
 * @param lossMask for each token, whether predicting it counts: the assistant's text and its end
 *     tokens
 */
@SuppressWarnings("ArrayRecordComponent") // read by tight loops; two examples are never compared
public record TrainingExample(int[] ids, boolean[] lossMask) {
    public TrainingExample {
        if (ids.length != lossMask.length) {
            throw new IllegalArgumentException(
                    "%d ids but %d mask entries; expected one for each id"
                            .formatted(ids.length, lossMask.length));
        }
    }
}
