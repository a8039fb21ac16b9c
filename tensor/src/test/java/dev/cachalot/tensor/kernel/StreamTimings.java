package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Speeds of weights that are decoded while a product runs, one thread's own time. Not a test:
 * {@code main} prints a table of the types that are named, or of all.
 */
final class StreamTimings {
    private static final int OUTPUTS = 2048;
    private static final int INPUTS = 8192;
    private static final int ROWS = 128;

    public static void main(String[] arguments) {
        try (WorkerPool pool = new WorkerPool(1);
                Workspace workspace = new Workspace()) {
            VectorKernels kernels = new VectorKernels(pool, new TileMemory(), 0);
            Tensor x = workspace.zeros(ROWS, INPUTS);
            Tensor y = workspace.zeros(ROWS, OUTPUTS);
            List<DType> types =
                    arguments.length == 0
                            ? RandomWeights.TYPES
                            : Stream.of(arguments).map(DType::valueOf).toList();
            for (DType dtype : types) {
                try (Arena arena = Arena.ofShared()) {
                    Weight weight = kernels.prepare(weight(dtype, arena));
                    PanelWeight panels = Products.own(weight);
                    PanelWeight.Block block = new PanelWeight.Block();
                    double decode = seconds(() -> decodeAll(panels, block));
                    double one =
                            seconds(() -> kernels.multiply(x.slice(0, 1), weight, y.slice(0, 1)));
                    double many = seconds(() -> kernels.multiply(x, weight, y));
                    double numbers = 1e-9 * OUTPUTS * INPUTS;
                    System.out.printf(
                            "%-8s decoded %.2f G/s; one row %.2f G/s, %.2f GB/s; %d rows %.1f"
                                    + " GMAC/s%n",
                            dtype,
                            numbers / decode,
                            numbers / one,
                            1e-9 * weight.source().segment().byteSize() / one,
                            ROWS,
                            ROWS * numbers / many);
                }
            }
        }
    }

    private static Tensor weight(DType dtype, Arena arena) {
        long rowBytes = dtype.bytes(INPUTS);
        MemorySegment memory = arena.allocate(rowBytes * OUTPUTS, 64);
        RandomWeights.fill(
                Tensor.view(dtype, Shape.of(Tile.PANEL, INPUTS), memory), new SplittableRandom(1));
        for (int n = Tile.PANEL; n < OUTPUTS; n += Tile.PANEL) {
            MemorySegment.copy(memory, 0, memory, n * rowBytes, Tile.PANEL * rowBytes);
        }
        return Tensor.view(dtype, Shape.of(OUTPUTS, INPUTS), memory).asReadOnly();
    }

    private static void decodeAll(PanelWeight weight, PanelWeight.Block block) {
        for (int panel = 0; panel < weight.panels(); panel++) {
            for (int k = 0; k < INPUTS; k += Tile.DEPTH) {
                weight.block(panel, k, Tile.DEPTH, block);
            }
        }
    }

    private static double seconds(Runnable work) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < 8; round++) {
            long start = now();
            int count = 0;
            do {
                work.run();
                count++;
            } while (now() - start < 60_000_000);
            best = Math.min(best, 1e-9 * (now() - start) / count);
        }
        return best;
    }

    private static long now() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private StreamTimings() {}
}
