package dev.cachalot.tensor;

import dev.cachalot.tensor.kernel.ArithmeticCeiling;
import dev.cachalot.tensor.kernel.ReadCeiling;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.function.LongSupplier;

/**
 * What this machine can do at most on the threads of a pool, as Java reaches it: what speeds are
 * compared with. Medians of several runs; other work on the machine lowers them.
 *
 * @param readGbS sequential reads of memory far larger than the caches, in 10⁹ bytes a second
 * @param fp32GmacS multiply-adds of 32-bit floats, in 10⁹ a second
 * @param int8GmacS multiply-adds of small integers in 16-bit lanes (the best that the Vector API
 *     has for 8-bit numbers), in 10⁹ a second
 */
public record Ceilings(double readGbS, double fp32GmacS, double int8GmacS) {
    private static final int WARM_UP = 3000; // calls: enough for the last tier of the compiler
    private static final int RUNS = 9; // the median is of the last so many
    private static final long MILLISECOND = 1_000_000;
    private static final long BLOCK = 4L << 20; // bytes of one task of reading
    private static final long MOST = 512L << 20;
    private static final long LEAST = 64L << 20;
    private static final int ITERATIONS = 20_000; // of one call: tens of microseconds
    private static final int CALLS = 100; // of one run: a few milliseconds

    /** Measures in some three seconds, taking 64 to 512 MiB for a while. */
    public static Ceilings measure(WorkerPool pool) {
        return new Ceilings(readGbS(pool), floats(pool), shorts(pool));
    }

    private static double floats(WorkerPool pool) {
        return arithmetic(
                pool, ArithmeticCeiling::floats, ArithmeticCeiling.floatsDone(ITERATIONS));
    }

    private static double shorts(WorkerPool pool) {
        short[] weights = ArithmeticCeiling.weights();
        return arithmetic(
                pool,
                iterations -> ArithmeticCeiling.shorts(weights, iterations),
                ArithmeticCeiling.shortsDone(ITERATIONS));
    }

    private static double arithmetic(WorkerPool pool, IntToDoubleFunction loop, long doneByCall) {
        double[] sink = new double[pool.threads()]; // keeps the results alive
        for (int i = 0; i < WARM_UP; i++) {
            sink[0] += loop.applyAsDouble(16); // short calls get compiled soon
        }
        return median(
                300 * MILLISECOND,
                () -> {
                    pool.run(
                            sink.length,
                            (task, _) -> {
                                for (int call = 0; call < CALLS; call++) {
                                    sink[task] += loop.applyAsDouble(ITERATIONS);
                                }
                            });
                    return doneByCall * CALLS * sink.length;
                });
    }

    private static double readGbS(WorkerPool pool) {
        double best = 0;
        try (Arena arena = Arena.ofShared()) { // the pool's threads read it
            long bytes = bufferBytes();
            MemorySegment memory = arena.allocate(bytes, 4096); // zeroed, hence really there
            int blocks = (int) (bytes / BLOCK);
            long[] sink = new long[blocks];
            for (ReadCeiling.Pattern pattern : ReadCeiling.Pattern.values()) {
                for (int i = 0; i < WARM_UP; i++) {
                    sink[0] += ReadCeiling.read(pattern, memory, 0, 8192);
                }
                double rate =
                        median(
                                200 * MILLISECOND,
                                () -> {
                                    pool.run(
                                            blocks,
                                            (i, _) ->
                                                    sink[i] +=
                                                            ReadCeiling.read(
                                                                    pattern, memory, i * BLOCK,
                                                                    BLOCK));
                                    return bytes;
                                });
                best = Math.max(best, rate);
            }
        }
        return best;
    }

    /** A quarter of what is free, within bounds; where the system does not say, a middle size. */
    private static long bufferBytes() {
        long available = MOST;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
                if (line.startsWith("MemAvailable:")) {
                    available = Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
        } catch (IOException notLinux) {
            available = MOST;
        }
        return Math.clamp(available / 4, LEAST, MOST) / BLOCK * BLOCK;
    }

    /**
     * Billions a second: runs {@code work}, which returns how much it did, for at least {@code
     * nanos} and gives the median of the last runs.
     */
    private static double median(long nanos, LongSupplier work) {
        double[] rates = new double[RUNS];
        long start = System.nanoTime();
        for (int run = 0; run < RUNS || System.nanoTime() - start < nanos; run++) {
            long before = System.nanoTime();
            double done = (double) work.getAsLong();
            rates[run % RUNS] = done / (System.nanoTime() - before);
        }
        Arrays.sort(rates);
        return rates[RUNS / 2];
    }
}
