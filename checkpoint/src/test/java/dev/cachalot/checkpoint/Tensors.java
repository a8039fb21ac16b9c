package dev.cachalot.checkpoint;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;

/** Tensors with random numbers, owned by the garbage collector. */
final class Tensors {

    /** Any shape that the type allows, of 0 to 4 dimensions and sometimes without a number. */
    static Tensor random(SplittableRandom random, DType type) {
        long[] dims = new long[random.nextInt(type.blockSize() == 1 ? 0 : 1, 5)];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = random.nextInt(20) == 0 ? 0 : random.nextInt(1, 7);
        }
        if (dims.length > 0) {
            dims[dims.length - 1] *= type.blockSize();
        }
        return random(random, type, Shape.of(dims));
    }

    static Tensor random(SplittableRandom random, DType type, Shape shape) {
        float[] numbers = new float[(int) shape.elements()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextDouble(-3, 3);
        }
        long bytes = type.bytes(shape.width()) * shape.rows();
        Tensor tensor = Tensor.view(type, shape, Arena.ofAuto().allocate(bytes));
        BlockFormat.encode(type, numbers, 0, numbers.length, tensor.segment(), 0);
        return tensor;
    }

    private Tensors() {}
}
