package dev.cachalot.library.convert;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.RowReader;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.util.Optional;

/**
 * A tensor to be written, and where its numbers come from.
 *
 * @param asStored the source's tensor where its rows are the target's, in order
 */
record TargetTensor(String name, Shape shape, Optional<Tensor> asStored, RowReader rows) {
    private static final long WIDEST = 1 << 24;

    /** Refuses rows that would not fit in the memory set aside. */
    TargetTensor {
        if (shape.width() > WIDEST) {
            throw new ConversionException(
                    "tensor '%s' has rows of %,d numbers; this build converts at most %,d"
                            .formatted(name, shape.width(), WIDEST));
        }
    }

    /** A source's tensor under another name. */
    static TargetTensor renamed(Checkpoint source, TensorInfo info, String name) {
        Optional<Tensor> stored =
                source.isScaled(info.name()) ? Optional.empty() : source.find(info.name());
        return new TargetTensor(name, info.shape(), stored, rows(source, info.name()));
    }

    /** A tensor whose rows are made of others'. */
    static TargetTensor made(String name, Shape shape, RowReader rows) {
        return new TargetTensor(name, shape, Optional.empty(), rows);
    }

    /** The rows of a source's tensor. */
    static RowReader rows(Checkpoint source, String name) {
        return (first, count, target) -> source.decodeRows(name, first, count, target);
    }

    /** Whether the bytes can be copied as they are. */
    boolean isStoredAs(DType type) {
        return asStored.isPresent() && asStored.get().dtype() == type;
    }
}
