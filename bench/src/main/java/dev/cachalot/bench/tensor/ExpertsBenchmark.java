package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/**
 * The routed experts' first product, grouped by expert: every token goes to different ones, chosen
 * at random, and each expert's weight is read once.
 */
public class ExpertsBenchmark extends KernelBenchmark {
    /** experts x chosen x outputs x inputs: DeepSeek-V2-Lite. */
    @Param("64x6x1408x2048")
    public String shape = "64x6x1408x2048";

    @Param({"1", "8", "256"})
    public int tokens = 1;

    @Param({"Q4_0", "Q4_K", "Q8_0"})
    public DType dtype = DType.Q4_0;

    private final List<Matrix> experts = new ArrayList<>();
    private final List<Integer> rows = new ArrayList<>(); // of each expert
    private Tensor x = memory.floats(1, 1);
    private Tensor y = memory.floats(1, 1);

    @Override
    void operands() {
        int[] sizes = sizes(shape);
        int[] counts = new int[sizes[0]];
        for (int token = 0; token < tokens; token++) {
            boolean[] taken = new boolean[sizes[0]];
            for (int i = 0; i < sizes[1]; i++) {
                int expert = below(sizes[0]);
                while (taken[expert]) {
                    expert = below(sizes[0]);
                }
                taken[expert] = true;
                counts[expert]++;
            }
        }
        for (int count : counts) {
            experts.add(matrix(dtype, sizes[2], sizes[3]));
            rows.add(count);
        }
        x = normal(tokens * sizes[1], sizes[3]);
        y = memory.zeros((long) tokens * sizes[1], sizes[2]);
    }

    @Override
    Tensor run(Kernels kernels) {
        List<Product> products = new ArrayList<>();
        int row = 0;
        for (int e = 0; e < experts.size(); e++) {
            int count = rows.get(e);
            if (count > 0) {
                products.add(
                        new Product(
                                x.slice(row, count),
                                experts.get(e).of(kernels),
                                y.slice(row, count)));
                row += count;
            }
        }
        kernels.multiply(products);
        return y;
    }

    @Override
    double tolerance() {
        return tolerance(dtype, rung);
    }
}
