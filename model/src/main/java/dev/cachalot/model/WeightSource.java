package dev.cachalot.model;

import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;

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
}
