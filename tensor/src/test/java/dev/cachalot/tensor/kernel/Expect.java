package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/** Comparisons of tensors with computations in double, and of gradients with differences. */
final class Expect {
    private static final double STEP = 1e-5; // of central differences in double

    /** The rows of an F32 tensor in double. */
    static double[][] doubles(Tensor tensor) {
        float[] all = tensor.toFloats();
        double[][] rows = new double[tensor.rows()][tensor.width()];
        for (int t = 0; t < rows.length; t++) {
            for (int c = 0; c < rows[t].length; c++) {
                rows[t][c] = all[t * tensor.width() + c];
            }
        }
        return rows;
    }

    /** Every number within {@code tolerance * (1 + |expected|)}. */
    static void close(String name, Tensor actual, double[][] expected, double tolerance) {
        double[][] found = doubles(actual);
        assertThat(found.length).as(name).isEqualTo(expected.length);
        for (int t = 0; t < found.length; t++) {
            for (int c = 0; c < found[t].length; c++) {
                double allowed = tolerance * (1 + Math.abs(expected[t][c]));
                if (!(Math.abs(found[t][c] - expected[t][c]) <= allowed)) {
                    assertThat(found[t][c])
                            .as("%s[%s, %s]", name, t, c)
                            .isCloseTo(expected[t][c], within(allowed));
                }
            }
        }
    }

    static void sameBits(String name, Tensor actual, Tensor expected) {
        sameBits(name, actual.toFloats(), expected.toFloats());
    }

    static void sameBits(String name, float[] actual, float[] expected) {
        assertThat(actual.length).as(name).isEqualTo(expected.length);
        for (int i = 0; i < actual.length; i++) {
            if (Float.floatToRawIntBits(actual[i]) != Float.floatToRawIntBits(expected[i])) {
                throw new AssertionError(
                        name
                                + ": number "
                                + i
                                + " is "
                                + actual[i]
                                + ", expected to the bit "
                                + expected[i]);
            }
        }
    }

    static void sameBytes(String name, List<byte[]> actual, List<byte[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i)).as("output %s on %s", i, name).isEqualTo(expected.get(i));
        }
    }

    /**
     * The gradient that was added, {@code after - before}, must agree along random directions with
     * central differences of {@code loss}, a computation in double.
     */
    static void gradient(
            String name,
            double[][] before,
            Tensor after,
            double[][] at,
            SplittableRandom random,
            ToDoubleFunction<double[][]> loss) {
        double[][] held = doubles(after);
        for (int trial = 0; trial < 3; trial++) {
            double[][] forth = copy(at);
            double[][] back = copy(at);
            double analytic = 0;
            double size = 0;
            for (int t = 0; t < at.length; t++) {
                for (int c = 0; c < at[t].length; c++) {
                    double direction = random.nextDouble(-1, 1);
                    double added = held[t][c] - before[t][c];
                    analytic += added * direction;
                    size += Math.abs(added * direction);
                    forth[t][c] += STEP * direction;
                    back[t][c] -= STEP * direction;
                }
            }
            double numeric = (loss.applyAsDouble(forth) - loss.applyAsDouble(back)) / (2 * STEP);
            assertThat(analytic)
                    .as("directional derivative by %s", name)
                    .isCloseTo(numeric, within(1e-4 * (size + 0.1)));
        }
    }

    /** Sum of the products of all pairs: the loss whose gradient by {@code a} is {@code b}. */
    static double inner(double[][] a, double[][] b) {
        double sum = 0;
        for (int t = 0; t < a.length; t++) {
            for (int c = 0; c < a[t].length; c++) {
                sum += a[t][c] * b[t][c];
            }
        }
        return sum;
    }

    static double[][] copy(double[][] rows) {
        double[][] copy = new double[rows.length][];
        for (int t = 0; t < rows.length; t++) {
            copy[t] = rows[t].clone();
        }
        return copy;
    }

    /** Zeros in the size of {@code tensor}. */
    static double[][] zeros(Tensor tensor) {
        return new double[tensor.rows()][tensor.width()];
    }

    private Expect() {}
}
