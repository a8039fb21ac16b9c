package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.AdamW;
import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.AttentionGradients;
import dev.cachalot.tensor.Kernels.AttentionInputs;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Speeds of the vector rung at the shapes of the small model, beside the multiply-adds of registers
 * alone. Not a test: {@code main} prints a table. Arguments: threads (default 1 2).
 */
final class KernelTimings {
    private static final long ENOUGH_NANOS = 150_000_000;
    private static final int ROUNDS = 7;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static float sink; // keeps results alive
    private static boolean ownTime = true; // whether one thread does all the work

    private final Workspace workspace = new Workspace();
    private final SplittableRandom random = new SplittableRandom(1);
    private final Kernels kernels;

    private KernelTimings(WorkerPool pool) {
        kernels = new VectorKernels(pool);
    }

    public static void main(String[] arguments) {
        List<Integer> threads = new ArrayList<>();
        for (String argument : arguments) {
            threads.add(Integer.parseInt(argument));
        }
        double peak = 1e-9 * 12 * Lanes.L * 100_000 / best(() -> sink += registers(100_000));
        System.out.printf("registers only, 1 thread: %.1f GMAC/s%n", peak);
        for (int count : threads.isEmpty() ? List.of(1, 2) : threads) {
            ownTime = count == 1;
            try (WorkerPool pool = new WorkerPool(count)) {
                System.out.printf("-- %d threads%n", count);
                KernelTimings timings = new KernelTimings(pool);
                timings.products(peak * count);
                timings.attention(peak * count);
                timings.others();
            }
        }
    }

    /** Twelve chains of multiply-adds that never leave their registers. */
    private static float registers(int count) {
        FloatVector x = Lanes.splat(0.5f);
        FloatVector y = Lanes.splat(1f);
        FloatVector a = y;
        FloatVector b = y;
        FloatVector c = y;
        FloatVector d = y;
        FloatVector e = y;
        FloatVector f = y;
        FloatVector g = y;
        FloatVector h = y;
        FloatVector i = y;
        FloatVector j = y;
        FloatVector k = y;
        FloatVector l = y;
        for (int n = 0; n < count; n++) {
            a = a.fma(x, y);
            b = b.fma(x, y);
            c = c.fma(x, y);
            d = d.fma(x, y);
            e = e.fma(x, y);
            f = f.fma(x, y);
            g = g.fma(x, y);
            h = h.fma(x, y);
            i = i.fma(x, y);
            j = j.fma(x, y);
            k = k.fma(x, y);
            l = l.fma(x, y);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
        return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
    }

    /**
     * Seconds of one run, the best of several rounds. On one thread it is the thread's own time, so
     * that other programs disturb less.
     */
    private static double best(Runnable work) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long start = now();
            int count = 0;
            do {
                work.run();
                count++;
            } while (now() - start < ENOUGH_NANOS);
            best = Math.min(best, 1e-9 * (now() - start) / count);
        }
        return best;
    }

    private static long now() {
        return ownTime ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }

    private Tensor tensor(int rows, int width) {
        Tensor tensor = workspace.floats(rows, width);
        float[] row = new float[width];
        for (int t = 0; t < rows; t++) {
            for (int c = 0; c < width; c++) {
                row[c] = (float) random.nextDouble(-1, 1);
            }
            tensor.setRow(t, row);
        }
        return tensor;
    }

    private void products(double peak) {
        product(peak, 8192, 2048, 256);
        product(peak, 8192, 256, 256);
        product(peak, 8192, 128, 256);
        product(peak, 8192, 384, 128);
        product(peak, 8192, 80, 256);
        product(peak, 1024, 176, 256);
        product(peak, 512, 384, 128);
        experts(peak, 1024, 176, 256);
        experts(peak, 1024, 256, 176);
        decode(DType.F32, 2048, 256);
        decode(DType.F32, 8192, 2048);
        decode(DType.Q8_0, 8192, 2048);
        decode(DType.BF16, 8192, 2048);
    }

    private void product(double peak, int rows, int outputs, int inputs) {
        experts(peak, 1, rows, outputs, inputs);
    }

    private void experts(double peak, int rows, int outputs, int inputs) {
        experts(peak, 16, rows, outputs, inputs);
    }

    private void experts(double peak, int count, int rows, int outputs, int inputs) {
        Workspace.Mark mark = workspace.mark();
        List<Product> products = new ArrayList<>();
        List<WeightGradient> gradients = new ArrayList<>();
        List<Weight> weights = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Weight weight = kernels.prepare(tensor(outputs, inputs));
            weights.add(weight);
            products.add(new Product(tensor(rows, inputs), weight, tensor(rows, outputs)));
            gradients.add(
                    new WeightGradient(
                            products.get(i).y(), products.get(i).x(), tensor(outputs, inputs)));
        }
        double macs = 1e-9 * count * rows * outputs * inputs;
        String name = "%2d x [%d, %d] x [%d, %d]".formatted(count, rows, inputs, outputs, inputs);
        double forward = macs / best(() -> kernels.multiply(products));
        double weight = macs / best(() -> kernels.addWeightGradients(gradients));
        double input = macs / best(() -> kernels.addInputGradients(products));
        double refresh = best(() -> weights.forEach(kernels::refresh));
        System.out.printf(
                "%-32s forward %6.1f (%2.0f %%)  inputs %6.1f (%2.0f %%)  weights %6.1f (%2.0f %%)"
                        + "  refresh %.2f ms%n",
                name,
                forward,
                100 * forward / peak,
                input,
                100 * input / peak,
                weight,
                100 * weight / peak,
                1e3 * refresh);
        workspace.release(mark);
    }

    private void decode(DType dtype, int outputs, int inputs) {
        Workspace.Mark mark = workspace.mark();
        Weight weight = kernels.prepare(VectorProductsTest.weight(random, dtype, outputs, inputs));
        Tensor x = tensor(1, inputs);
        Tensor y = tensor(1, outputs);
        double seconds = best(() -> kernels.multiply(x, weight, y));
        System.out.printf(
                "%s one row [%d, %d]: %.1f us, %.1f GMAC/s, %.1f GB/s of the file%n",
                dtype,
                outputs,
                inputs,
                1e6 * seconds,
                1e-9 * outputs * inputs / seconds,
                1e-9 * dtype.bytes(inputs) * outputs / seconds);
        workspace.release(mark);
    }

    private void attention(double peak) {
        Workspace.Mark mark = workspace.mark();
        AttentionShape shape = new AttentionShape(8, 8, 48, 32, 0.14f);
        List<AttentionSpan> spans = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            spans.add(new AttentionSpan(512 * i, 512, 512 * i, 512));
        }
        Tensor q = tensor(8192, 8 * 48);
        Tensor k = tensor(8192, 8 * 48);
        Tensor v = tensor(8192, 8 * 32);
        Tensor out = tensor(8192, 8 * 32);
        Tensor logs = tensor(8192, 8);
        double pairs = 1e-9 * 16 * 8 * 512 * 513 / 2;
        double forward = best(() -> kernels.attend(q, k, v, shape, spans, out, logs));
        AttentionInputs inputs = new AttentionInputs(q, k, v, shape, spans, out, logs);
        AttentionGradients gradients =
                new AttentionGradients(
                        tensor(8192, 8 * 32),
                        tensor(8192, 8 * 48),
                        tensor(8192, 8 * 48),
                        tensor(8192, 8 * 32));
        double backward = best(() -> kernels.addAttentionGradients(inputs, gradients));
        System.out.printf(
                "attention 16 x 512, 8 heads of 48/32: %.1f ms (%.0f %%), backward %.1f ms (%.0f"
                        + " %%)%n",
                1e3 * forward,
                100 * pairs * 80 / forward / peak,
                1e3 * backward,
                100 * pairs * 208 / backward / peak);
        AttentionShape latent = new AttentionShape(8, 1, 80, 64, 0.14f);
        Tensor pool = tensor(1024, 80);
        int[] table = random.ints(64, 0, 64).toArray();
        LatentSpan span = new LatentSpan(0, 1, new PagedRows(pool, table, 16), 512);
        Tensor query = tensor(1, 8 * 80);
        Tensor result = tensor(1, 8 * 64);
        double decode = best(() -> kernels.attendLatent(query, latent, List.of(span), result));
        System.out.printf("latent attention, 1 query, 512 keys: %.1f us%n", 1e6 * decode);
        workspace.release(mark);
    }

    private void others() {
        Workspace.Mark mark = workspace.mark();
        Tensor x = tensor(8192, 256);
        Tensor y = tensor(8192, 256);
        Tensor z = tensor(8192, 256);
        Tensor w = tensor(8192, 256);
        Tensor gain = tensor(1, 256);
        Tensor dGain = tensor(1, 256);
        Tensor table = tensor(2048, 256);
        Tensor logits = tensor(8192, 2048);
        Tensor losses = tensor(8192, 1);
        int[] ids = random.ints(8192, 0, 2048).toArray();
        int[] predictions = new int[8192];
        float[] factors = new float[8192];
        Tensor big = tensor(2500, 4096);
        Tensor big2 = tensor(2500, 4096);
        Tensor big3 = tensor(2500, 4096);
        Tensor big4 = workspace.zeros(2500, 4096);
        AdamW numbers = new AdamW(1e-6, 0.9, 0.95, 1e-8, 0.1, 10, 1e-6);
        print("rmsNorm", () -> kernels.rmsNorm(x, gain, 1e-6f, y));
        print("rmsNorm gradients", () -> kernels.addRmsNormGradients(x, gain, 1e-6f, y, z, dGain));
        print("swiGlu", () -> kernels.swiGlu(x, y, z));
        print("swiGlu gradients", () -> kernels.swiGluGradients(x, y, x, z, w));
        print("add", () -> kernels.add(x, y));
        print("copy", () -> kernels.copy(x, y));
        print("embed", () -> kernels.embed(table, ids, y));
        print("embed gradients", () -> kernels.addEmbedGradients(ids, x, table));
        print("cross-entropy", () -> kernels.crossEntropy(logits, ids, losses, predictions));
        print(
                "cross-entropy gradients",
                () -> kernels.crossEntropyGradients(logits, ids, factors, logits));
        print("sum of squares, 10 M", () -> sink += (float) kernels.sumOfSquares(big));
        print("AdamW, 10 M", () -> kernels.update(big, big2, big3, big4, numbers));
        workspace.release(mark);
    }

    private static void print(String name, Runnable work) {
        System.out.printf("%-26s %.2f ms%n", name, 1e3 * best(work));
    }
}
