package dev.cachalot.tensor;

import dev.cachalot.tensor.kernel.ArithmeticCeiling;
import dev.cachalot.tensor.kernel.ArithmeticCeiling.Numbers;
import dev.cachalot.tensor.kernel.ReadCeiling;
import dev.cachalot.tensor.kernel.TileMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongSupplier;

/**
 * What this machine can do at most on the threads of a pool, as Java reaches it: what speeds are
 * compared with. Each is the highest median over all loops that run here, those of the Vector API
 * and the assembled ones; loops take turns, so that other work on the machine lowers all of them.
 *
 * @param readGbS reads of memory far larger than the caches, in 10⁹ bytes a second
 * @param readBy what reached that: a loop, or whatever the caller saw to be faster
 * @param fp32GmacS multiply-adds of 32-bit floats, in 10⁹ a second
 * @param int8GmacS multiply-adds of whole numbers of 8 bits (without assembled code the best that
 *     the Vector API has for them: 16-bit lanes), in 10⁹ a second
 * @param bf16GmacS multiply-adds of 16-bit floats summed in 32 bits, in 10⁹ a second; empty where
 *     the CPU has none or assembled code does not run
 */
public record Ceilings(
        double readGbS,
        String readBy,
        double fp32GmacS,
        double int8GmacS,
        OptionalDouble bf16GmacS) {
    private static final int WARM_UP = 3000; // calls: enough for the last tier of the compiler
    private static final int RUNS = 9; // of each loop; the median counts
    private static final long BLOCK = 4L << 20; // bytes of one task of reading
    private static final long MOST = 512L << 20;
    private static final long LEAST = 64L << 20;
    private static final int ITERATIONS = 20_000; // of one call: tens of microseconds
    private static final int CALLS = 100; // of one run: a few milliseconds

    /** A loop, and a run of it on all threads: returns how much that did. */
    private record Loop(String says, LongSupplier run) {}

    /** In billions a second. */
    private record Rate(String says, double perNano) {}

    /** Measures in a few seconds, taking 64 to 512 MiB for a while. */
    public static Ceilings measure(WorkerPool pool) {
        Rate read = read(pool);
        return new Ceilings(
                read.perNano,
                read.says,
                arithmetic(pool, Numbers.FP32).orElseThrow(),
                arithmetic(pool, Numbers.INT8).orElseThrow(),
                arithmetic(pool, Numbers.BF16));
    }

    /**
     * With the ceiling of reads raised to what was seen, where that is more: no ceiling is below
     * what something did.
     *
     * @param by what did it, in words
     */
    public Ceilings orSeen(double gbS, String by) {
        return gbS > readGbS ? new Ceilings(gbS, by, fp32GmacS, int8GmacS, bf16GmacS) : this;
    }

    private static OptionalDouble arithmetic(WorkerPool pool, Numbers numbers) {
        double[] sink = new double[pool.threads()]; // keeps the results alive
        List<Loop> loops = new ArrayList<>();
        for (ArithmeticCeiling each : ArithmeticCeiling.of(numbers)) {
            for (int i = 0; i < WARM_UP; i++) {
                sink[0] += each.loop().applyAsDouble(16); // short calls get compiled soon
            }
            loops.add(new Loop(each.says(), () -> run(pool, each, sink)));
        }
        return loops.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(fastest(loops).perNano);
    }

    private static long run(WorkerPool pool, ArithmeticCeiling each, double[] sink) {
        pool.run(
                sink.length,
                (task, _) -> {
                    for (int call = 0; call < CALLS; call++) {
                        sink[task] += each.loop().applyAsDouble(ITERATIONS);
                    }
                });
        return each.done().applyAsLong(ITERATIONS) * CALLS * sink.length;
    }

    private static Rate read(WorkerPool pool) {
        MemorySegment memory = TileMemory.memory(bufferBytes());
        try {
            int blocks = (int) (memory.byteSize() / BLOCK);
            // pages that were never written may all be one
            pool.run(blocks, (i, _) -> memory.asSlice(i * BLOCK, BLOCK).fill((byte) 1));
            long[] sink = new long[blocks];
            List<Loop> loops = new ArrayList<>();
            for (ReadCeiling each : ReadCeiling.all()) {
                for (int i = 0; i < WARM_UP; i++) {
                    sink[0] += each.sum(memory, 0, 8192);
                }
                loops.add(
                        new Loop(
                                each.says(),
                                () -> {
                                    pool.run(
                                            blocks,
                                            (i, _) ->
                                                    sink[i] += each.sum(memory, i * BLOCK, BLOCK));
                                    return memory.byteSize();
                                }));
            }
            return fastest(loops);
        } finally {
            TileMemory.release(memory);
        }
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

    /** The highest median: one run of each loop after the other, so many times. */
    private static Rate fastest(List<Loop> loops) {
        double[][] rates = new double[loops.size()][RUNS];
        for (int run = 0; run < RUNS; run++) {
            for (int i = 0; i < loops.size(); i++) {
                long before = System.nanoTime();
                double done = (double) loops.get(i).run.getAsLong();
                rates[i][run] = done / (System.nanoTime() - before);
            }
        }
        Rate best = new Rate("", 0);
        for (int i = 0; i < loops.size(); i++) {
            Arrays.sort(rates[i]);
            double median = rates[i][RUNS / 2];
            best = median > best.perNano ? new Rate(loops.get(i).says, median) : best;
        }
        return best;
    }
}
