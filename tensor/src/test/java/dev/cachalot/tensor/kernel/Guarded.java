package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * A tensor inside a larger piece of memory whose other numbers must stay as they are: columns
 * before and after, rows before and after, at an address that is no multiple of a vector.
 */
record Guarded(MemorySegment all, Tensor tensor, int before, int stride) {

    /** Random numbers in -1 to 1, times {@code size}. */
    static Guarded random(SplittableRandom random, int rows, int width, double size) {
        int before = random.nextInt(4);
        int stride = before + width + random.nextInt(4);
        return of(random, rows, width, before, stride, size);
    }

    /** As {@link #random}, rows side by side. */
    static Guarded contiguous(SplittableRandom random, int rows, int width, double size) {
        return of(random, rows, width, 0, width, size);
    }

    private static Guarded of(
            SplittableRandom random, int rows, int width, int before, int stride, double size) {
        MemorySegment all = Arena.ofAuto().allocate(4L * stride * (rows + 2), 4);
        for (long at = 0; at < all.byteSize(); at += 4) {
            all.set(JAVA_FLOAT_UNALIGNED, at, (float) (random.nextDouble(-1, 1) * size));
        }
        return new Guarded(all, view(all, rows, width, before, stride), before, stride);
    }

    private static Tensor view(MemorySegment all, int rows, int width, int before, int stride) {
        return Tensor.view(DType.F32, Shape.of(rows + 2, stride), all)
                .slice(1, rows)
                .columns(before, width);
    }

    /** An equal one in memory of its own. */
    Guarded twin() {
        MemorySegment copy = Arena.ofAuto().allocate(all.byteSize(), 4);
        copy.copyFrom(all);
        return new Guarded(
                copy, view(copy, tensor.rows(), tensor.width(), before, stride), before, stride);
    }

    /** All numbers, those around the tensor included, differ by at most the tolerance. */
    void assertClose(Guarded judge, double tolerance) {
        for (long at = 0; at < all.byteSize(); at += 4) {
            float found = all.get(JAVA_FLOAT_UNALIGNED, at);
            float expected = judge.all.get(JAVA_FLOAT_UNALIGNED, at);
            if (found != expected
                    && !(Math.abs(found - expected) <= allowed(expected, tolerance))) {
                assertThat(found)
                        .as("row %d column %d", at / 4 / stride - 1, at / 4 % stride - before)
                        .isEqualTo(expected);
            }
        }
    }

    private static double allowed(float expected, double tolerance) {
        return tolerance * Math.max(1, Math.abs(expected));
    }

    /** Every bit of the memory is the same. */
    void assertSame(Guarded judge) {
        for (long at = 0; at < all.byteSize(); at += 4) {
            assertThat(all.get(JAVA_INT_UNALIGNED, at))
                    .as(
                            "row %d column %d: %s for %s",
                            at / 4 / stride - 1,
                            at / 4 % stride - before,
                            all.get(JAVA_FLOAT_UNALIGNED, at),
                            judge.all.get(JAVA_FLOAT_UNALIGNED, at))
                    .isEqualTo(judge.all.get(JAVA_INT_UNALIGNED, at));
        }
    }
}
