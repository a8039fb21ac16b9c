package dev.cachalot.tensor;

/**
 * Sizes of one attention.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; {@code heads} is a multiple of it, and query head h reads key
 *     head {@code h / (heads / kvHeads)}
 * @param keyDim numbers of a query and of a key, a head
 * @param valueDim numbers of a value, a head
 * @param scale factor on query times key, before the softmax
 */
public record AttentionShape(int heads, int kvHeads, int keyDim, int valueDim, float scale) {
    public AttentionShape {
        if (heads <= 0 || kvHeads <= 0 || keyDim <= 0 || valueDim <= 0 || heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "attention of "
                            + heads
                            + " heads over "
                            + kvHeads
                            + " of "
                            + keyDim
                            + " and "
                            + valueDim
                            + " numbers; all must be positive and heads a multiple of kvHeads");
        }
    }
}
