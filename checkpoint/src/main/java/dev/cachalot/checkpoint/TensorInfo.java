package dev.cachalot.checkpoint;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a file says about one tensor, also of a type that this build cannot compute with.
 *
 * @param name the file's own name for it
 * @param dtypeName the format's name of its type, such as {@code Q4_K} or {@code F8_E4M3}
 * @param shape slowest dimension first in both formats
 * @param file the file (or shard) that holds it
 * @param offset first byte in that file
 * @param bytes length in that file
 */
public record TensorInfo(
        String name, String dtypeName, Shape shape, Path file, long offset, long bytes) {
    private static final List<DType> WEIGHTS =
            Arrays.stream(DType.values())
                    .filter(type -> type != DType.I32 && type != DType.F8_E4M3)
                    .toList();

    /** The type this build computes with, if it knows the stored one as a type of weights. */
    public Optional<DType> dtype() {
        return WEIGHTS.stream().filter(type -> type.name().equals(dtypeName)).findFirst();
    }

    /** The types that {@link #dtype} can give. */
    static List<DType> usableTypes() {
        return WEIGHTS;
    }

    /**
     * Whether rows and columns can be counted with ints, as a {@link dev.cachalot.tensor.Tensor}
     * does.
     */
    boolean isCountable() {
        return shape.rows() <= Integer.MAX_VALUE && shape.width() <= Integer.MAX_VALUE;
    }
}
