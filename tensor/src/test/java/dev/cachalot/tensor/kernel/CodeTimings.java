package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.SplittableRandom;

/** Speeds of assembled products, the best of many runs. Not a test: {@code main} prints a table. */
final class CodeTimings {
    public static void main(String[] arguments) {
        int threads = Integer.getInteger("threads", 1);
        try (WorkerPool pool = new WorkerPool(threads);
                Workspace workspace = new Workspace();
                Arena arena = Arena.ofShared()) {
            CodeProducts products =
                    new CodeProducts(
                            pool, new TileMemory(), ProductInstructions.chosen().orElseThrow());
            SplittableRandom random = new SplittableRandom(1);
            for (String name : arguments) {
                DType dtype = DType.valueOf(name);
                Tensor small = weights(dtype, 256, 2048, random, arena);
                Tensor large = weights(dtype, 65536, 2048, random, arena);
                TiledWeight near = products.prepare(small);
                TiledWeight far = products.prepare(large);
                StringBuilder line = new StringBuilder("%-8s".formatted(dtype));
                for (int rows : new int[] {1, 2, 3, 4, 6, 24, 96}) {
                    Tensor x = workspace.zeros(rows, 2048);
                    x.setFloats(numbers(rows * 2048, random));
                    Tensor y = workspace.zeros(rows, 256);
                    double seconds =
                            best(() -> products.multiply(List.of(new Product(x, near, y))), 0.3);
                    line.append("  %d: %.0f".formatted(rows, rows * (256 * 2048e-9) / seconds));
                }
                Tensor x = workspace.zeros(1, 2048);
                x.setFloats(numbers(2048, random));
                Tensor y = workspace.zeros(1, 65536);
                double seconds =
                        best(() -> products.multiply(List.of(new Product(x, far, y))), 1.5);
                double bytes = large.segment().byteSize() * 1e-9;
                line.append("  GMAC/s; from memory %.1f GB/s".formatted(bytes / seconds));
                System.out.println(line);
            }
        }
    }

    private static float[] numbers(int count, SplittableRandom random) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static Tensor weights(
            DType dtype, int outputs, int inputs, SplittableRandom random, Arena arena) {
        Tensor matrix =
                Tensor.view(
                        dtype,
                        Shape.of(outputs, inputs),
                        arena.allocate(outputs * dtype.bytes(inputs)));
        RandomWeights.fill(matrix, random);
        return matrix;
    }

    private static double best(Runnable work, double seconds) {
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long start = System.nanoTime();
            work.run();
            best = Math.min(best, (System.nanoTime() - start) * 1e-9);
        } while (System.nanoTime() < end);
        return best;
    }
}
