package dev.cachalot.fuzz;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.tensor.Tensor;

/** Looks at everything that an open checkpoint offers. */
final class Tensors {
    private static final long MOST_NUMBERS = 1 << 20; // decoded a tensor

    static void readAll(Checkpoint checkpoint) {
        for (TensorInfo info : checkpoint.tensorInfos()) {
            Tensor tensor = checkpoint.tensors().get(info.name());
            if (tensor == null) {
                continue; // listed, and of a type that find() refuses
            }
            if (!checkpoint.require(info.name(), info.shape()).shape().equals(info.shape())) {
                throw new AssertionError("another shape than " + info);
            }
            long numbers = (long) tensor.rows() * tensor.width();
            if (numbers <= MOST_NUMBERS) {
                int read = tensor.toFloats().length;
                if (read != numbers) {
                    throw new AssertionError(info + " gave " + read + " numbers");
                }
            }
        }
        if (checkpoint.metadata().toString().isEmpty() || checkpoint.format().isEmpty()) {
            throw new AssertionError("nothing to show");
        }
    }

    private Tensors() {}
}
