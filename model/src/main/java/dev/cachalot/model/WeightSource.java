package dev.cachalot.model;

import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.util.Optional;

/**
 * Gives the parameters of a decoder by their Hugging Face names: a checkpoint in any dialect, or a
 * trainer's memory.
 */
public interface WeightSource {

    /**
     * The named parameter, of exactly this shape.
     *
     * @throws RuntimeException naming tensor, found and expected shape
     */
    Tensor require(String name, Shape shape);

    /**
     * The two halves of an up-projection of latents, where the source keeps them apart and the keys
     * as absorbed attention wants them.
     *
     * @param name of the joint projection
     */
    default Optional<SplitUp> findSplitUp(String name) {
        return Optional.empty();
    }

    /**
     * An up-projection in two tensors.
     *
     * @param keys [H, kvLoraRank, nope]
     * @param values [H, v, kvLoraRank]
     */
    record SplitUp(Tensor keys, Tensor values) {}
}
