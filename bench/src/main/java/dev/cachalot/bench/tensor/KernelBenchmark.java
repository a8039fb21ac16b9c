package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One operation of {@link Kernels} on operands of a real model's sizes. What was timed last must be
 * what the operation gives once more, to the bit, and close to what the scalar rung gives: a wrong
 * result ends the run.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-Xms1g",
            "-Xmx1g",
            "-XX:+AlwaysPreTouch"
        })
public abstract class KernelBenchmark {
    /** Tolerance of attention, whose products may round to 16 bits. */
    static final double ATTENTION = 3e-2;

    private static final int ENCODED_ROWS = 32; // of a weight; the others repeat them

    @Param({"VECTOR", "ASSEMBLED"})
    public Rung rung = Rung.VECTOR;

    @Param("1")
    public int threads = 1;

    /** Operands, freed at the end. */
    final Workspace memory = new Workspace(); // owned

    private final SplittableRandom random = new SplittableRandom(1);
    private WorkerPool pool = new WorkerPool(1); // owned
    private Kernels kernels = Kernels.of(Rung.SCALAR, pool);
    private Kernels judge = kernels;
    private @Nullable Tensor timed; // the last result

    /** A weight as each of both kernels prepares it. */
    record Matrix(Weight own, Weight plain) {
        Weight of(Kernels kernels) {
            return kernels.rung() == Rung.SCALAR ? plain : own;
        }
    }

    /** Makes the operands. */
    abstract void operands();

    /** The operation; gives what is to be checked of its results. */
    abstract Tensor run(Kernels kernels);

    /** Whether the operation overwrites its results and leaves its operands as they are. */
    boolean isRepeatable() {
        return true;
    }

    /** Operands that the operation changes, as they were. */
    void restore() {}

    /** Largest difference from the scalar rung, in root mean squares of its result. */
    double tolerance() {
        return 1e-3;
    }

    /** Starts threads and makes operands of ordinary size. */
    @Setup
    public final void prepare() {
        pool = new WorkerPool(threads);
        kernels = Kernels.of(rung, pool);
        judge = Kernels.of(Rung.SCALAR, pool);
        operands();
    }

    /** The operation; its result is returned so that it is not optimised away. */
    @Benchmark
    public final Tensor timed() {
        Tensor result = run(kernels);
        timed = result;
        return result;
    }

    /** Compares the results, then frees everything. */
    @TearDown
    public final void verify() {
        float[] last = timed == null ? new float[0] : timed.toFloats();
        restore();
        float[] again = run(kernels).toFloats();
        restore();
        float[] expected = run(judge).toFloats();
        double squares = 0;
        for (float each : expected) {
            squares += (double) each * each;
        }
        double most = tolerance() * Math.sqrt(squares / expected.length);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(again[i] - expected[i]) <= most)) {
                throw wrong(i, again[i], expected[i]);
            }
            if (last.length > 0 && isRepeatable() && last[i] != again[i]) {
                throw wrong(i, last[i], again[i]);
            }
        }
        pool.close();
        memory.close();
    }

    private static IllegalStateException wrong(int index, float found, float expected) {
        return new IllegalStateException(
                "number %,d of the result is %s, expected %s: a wrong result is not timed"
                        .formatted(index, found, expected));
    }

    /** Rows of random numbers of ordinary size. */
    final Tensor normal(int rows, int width) {
        Tensor tensor = memory.floats(rows, width);
        float[] row = new float[width];
        for (int i = 0; i < rows; i++) {
            fill(row);
            tensor.setRow(i, row);
        }
        return tensor;
    }

    /** A weight [outputs, inputs]. */
    final Matrix matrix(DType dtype, int outputs, int inputs) {
        Tensor source = memory.tensor(dtype, Shape.of(outputs, inputs));
        float[] row = new float[inputs];
        for (int i = 0; i < outputs; i++) {
            if (i < ENCODED_ROWS) {
                fill(row);
                source.encodeRow(i, row);
            } else {
                long bytes = source.rowBytes();
                source.segment()
                        .asSlice(i * bytes, bytes)
                        .copyFrom(source.segment().asSlice(i % ENCODED_ROWS * bytes, bytes));
            }
        }
        return new Matrix(kernels.prepare(source), judge.prepare(source));
    }

    /** A weight of one number, until there are operands. */
    static Matrix none(Workspace memory) {
        Weight one = Kernels.of(Rung.SCALAR, new WorkerPool(1)).prepare(memory.zeros(1, 1));
        return new Matrix(one, one);
    }

    /** Sizes of an attention: heads x key and value heads x key x value. */
    static AttentionShape attention(String shape) {
        int[] sizes = sizes(shape);
        float scale = (float) (1 / Math.sqrt(sizes[2]));
        return new AttentionShape(sizes[0], sizes[1], sizes[2], sizes[3], scale);
    }

    /** A random number below a bound. */
    final int below(int bound) {
        return random.nextInt(bound);
    }

    private void fill(float[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
    }

    /** Numbers of a shape, written {@code AxBxC}. */
    static int[] sizes(String shape) {
        return Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** For products with weights of a type on a rung: how they round their inputs. */
    static double tolerance(DType dtype, Rung rung) {
        if (rung == Rung.SCALAR || dtype == DType.F32) {
            return 1e-3;
        }
        return dtype.blockSize() > 1 ? 6e-2 : 3e-2; // to 8 bits of a block's largest, to BF16
    }
}
