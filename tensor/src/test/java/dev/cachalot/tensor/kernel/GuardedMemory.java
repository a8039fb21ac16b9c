package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Tensors with guard numbers around their rows, which are sometimes strided. A guard is a NaN, so
 * reading one spoils a result; {@link #check} sees whether one was written, or an input changed.
 */
final class GuardedMemory implements AutoCloseable {
    private static final int GUARD = 0x7fc0dead;
    private static final int MARGIN = 19; // odd, and more than a vector

    private record Field(Tensor whole, Tensor view, boolean input, byte[] before) {}

    private final Arena arena = Arena.ofShared();
    private final SplittableRandom random;
    private final List<Field> fields = new ArrayList<>();

    GuardedMemory(SplittableRandom random) {
        this.random = random;
    }

    /** F32 numbers in [-1, 1) that the kernels must leave alone; rows may be strided. */
    Tensor input(int rows, int width) {
        return field(rows, width, random.nextBoolean() ? MARGIN : 0, true, DType.F32);
    }

    /** F32 numbers in [-1, 1) for the kernels to overwrite or add to; rows may be strided. */
    Tensor output(int rows, int width) {
        return field(rows, width, random.nextBoolean() ? MARGIN : 0, false, DType.F32);
    }

    /** As {@link #input}, rows side by side. */
    Tensor contiguousInput(int rows, int width) {
        return field(rows, width, 0, true, DType.F32);
    }

    /** As {@link #output}, rows side by side. */
    Tensor contiguousOutput(int rows, int width) {
        return field(rows, width, 0, false, DType.F32);
    }

    /** I32 numbers for the kernels to overwrite. */
    Tensor intOutput(int rows, int width) {
        return field(rows, width, random.nextBoolean() ? MARGIN : 0, false, DType.I32);
    }

    /** A weight of any type, in memory of its own. */
    Tensor weight(DType dtype, int rows, int width) {
        MemorySegment segment = arena.allocate(Math.max(1, dtype.bytes(width) * rows), 64);
        Tensor tensor = Tensor.view(dtype, Shape.of(rows, width), segment);
        RandomWeights.fill(tensor, random);
        return tensor;
    }

    /** As {@link #weight}, and not writable half of the times, as a file of a model is. */
    Tensor mappedWeight(DType dtype, int rows, int width) {
        Tensor tensor = weight(dtype, rows, width);
        return random.nextBoolean() ? tensor : tensor.asReadOnly();
    }

    /** A copy of an F32 tensor, side by side and without guards. */
    Tensor copy(Tensor tensor) {
        MemorySegment segment = arena.allocate(Math.max(1, 4 * tensor.shape().elements()), 64);
        Tensor copy = Tensor.view(DType.F32, Shape.of(tensor.rows(), tensor.width()), segment);
        copy.setFloats(tensor.toFloats());
        return copy;
    }

    private Tensor field(int rows, int width, int margin, boolean input, DType dtype) {
        int wide = width + margin;
        Shape shape = Shape.of(rows + 2 * MARGIN, wide);
        Tensor whole = Tensor.view(dtype, shape, arena.allocate(4 * shape.elements(), 64));
        for (long at = 0; at < whole.segment().byteSize(); at += 4) {
            whole.segment().set(JAVA_INT, at, GUARD);
        }
        Tensor view = whole.columns(margin / 3, width).slice(MARGIN, rows);
        if (dtype == DType.F32) {
            float[] row = new float[width];
            for (int t = 0; t < rows; t++) {
                fill(row);
                view.setRow(t, row);
            }
        }
        fields.add(new Field(whole, view, input, bytes(view)));
        return view;
    }

    private void fill(float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextDouble(-1, 1);
        }
    }

    private static byte[] bytes(Tensor view) {
        int width = view.width() * 4;
        byte[] bytes = new byte[view.rows() * width];
        for (int t = 0; t < view.rows(); t++) {
            MemorySegment.copy(
                    view.segment(),
                    t * view.rowBytes(),
                    MemorySegment.ofArray(bytes),
                    (long) t * width,
                    width);
        }
        return bytes;
    }

    /** The bytes of all outputs, in the order in which they were made. */
    List<byte[]> outputs() {
        return fields.stream().filter(field -> !field.input).map(f -> bytes(f.view)).toList();
    }

    /** Asserts that all guards and all inputs are as they were. */
    void check() {
        for (Field field : fields) {
            if (field.input) {
                assertThat(bytes(field.view)).as("input %s", field.view).isEqualTo(field.before);
            }
            MemorySegment whole = field.whole.segment();
            long start = field.view.segment().address() - whole.address();
            long rowBytes = field.view.rowBytes();
            for (long at = 0; at < whole.byteSize(); at += 4) {
                long inside = at - start;
                boolean mine =
                        inside >= 0
                                && inside < field.view.rows() * rowBytes
                                && inside % rowBytes < 4L * field.view.width();
                if (!mine && whole.get(JAVA_INT, at) != GUARD) {
                    throw new AssertionError(
                            "written outside of " + field.view + ", at byte " + inside);
                }
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
