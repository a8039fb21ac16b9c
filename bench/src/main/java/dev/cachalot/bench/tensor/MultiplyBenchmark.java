package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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
 * {@code y = x Wᵀ}, the operation that models spend their time in: multiply-adds a second are the
 * product of the three sizes over the time. A wrong result ends the run.
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
public class MultiplyBenchmark {
    private static final int SAMPLES = 64;

    /**
     * rows x outputs x inputs. Of the model that this repository trains: a training batch and one
     * generated token through its head. Of DeepSeek-V2-Lite: a prompt's chunk through one expert,
     * one token through the shared experts.
     */
    @Param({"2048x512x256", "1x1024x256", "256x1408x2048", "1x2816x2048"})
    public String shape = "2048x512x256";

    @Param({"F32", "Q8_0"})
    public DType dtype = DType.F32;

    @Param({"VECTOR", "ASSEMBLED"})
    public Rung rung = Rung.VECTOR;

    @Param("1")
    public int threads = 1;

    private final Workspace memory = new Workspace(); // owned
    private final Arena arena = Arena.ofShared(); // owned; worker threads read the weight
    private WorkerPool pool = new WorkerPool(1); // owned
    private Kernels kernels = Kernels.of(Rung.SCALAR, pool);
    private Tensor x = memory.floats(1, 1);
    private Tensor y = memory.floats(1, 1);
    private Weight weight = kernels.prepare(memory.zeros(1, 1));

    /** Fills operands with random numbers of ordinary size. */
    @Setup
    public void prepare() {
        String[] sizes = shape.split("x", 3);
        int rows = Integer.parseInt(sizes[0]);
        int outputs = Integer.parseInt(sizes[1]);
        int inputs = Integer.parseInt(sizes[2]);
        pool = new WorkerPool(threads);
        kernels = Kernels.of(rung, pool);
        SplittableRandom random = new SplittableRandom(1);
        x = memory.floats(rows, inputs); // [T, K]
        x.setFloats(numbers(random, rows * inputs));
        y = memory.floats(rows, outputs); // [T, N]
        long bytes = dtype.bytes((long) outputs * inputs);
        MemorySegment stored = arena.allocate(bytes, 64);
        BlockFormat.encode(
                dtype, numbers(random, outputs * inputs), 0, outputs * inputs, stored, 0);
        weight = kernels.prepare(Tensor.view(dtype, Shape.of(outputs, inputs), stored));
    }

    private static float[] numbers(SplittableRandom random, int count) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    /** The product; returned so that it is not optimised away. */
    @Benchmark
    public Tensor multiply() {
        kernels.multiply(x, weight, y);
        return y;
    }

    /** Compares random outputs with sums in double, then frees everything. */
    @TearDown
    public void verify() {
        float[] found = y.toFloats();
        float[] left = x.toFloats();
        float[] right = weight.source().toFloats();
        int inputs = x.width();
        int outputs = y.width();
        SplittableRandom random = new SplittableRandom(2);
        boolean rounds = rung == Rung.ASSEMBLED && dtype.blockSize() > 1; // inputs to 8 bits
        double tolerance = rounds ? 1e-2 : 1e-5;
        for (int i = 0; i < SAMPLES; i++) {
            int row = random.nextInt(x.rows());
            int output = random.nextInt(outputs);
            double sum = 0;
            double scale = 0;
            for (int k = 0; k < inputs; k++) {
                double term = (double) left[row * inputs + k] * right[output * inputs + k];
                sum += term;
                scale += Math.abs(term);
            }
            float got = found[row * outputs + output];
            if (!(Math.abs(got - sum) <= tolerance * scale)) {
                throw new IllegalStateException(
                        "y[%d, %d] is %s, expected %s: a wrong product is not timed"
                                .formatted(row, output, got, sum));
            }
        }
        pool.close();
        arena.close();
        memory.close();
    }
}
