package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import org.openjdk.jmh.annotations.Param;

/**
 * {@code y = x Wᵀ}, the operation that models spend their time in: multiply-adds a second are the
 * product of the three sizes over the time, bytes a second those of the weight.
 */
public class MultiplyBenchmark extends KernelBenchmark {
    /**
     * outputs x inputs: of DeepSeek-V2-Lite with V3's query compression the query's up-projection
     * and the shared experts; of Qwen2-1.5B both ways of the feed-forward; of the model that this
     * repository trains, the head.
     */
    @Param({"3072x768", "2816x2048", "8960x1536", "1536x8960", "1024x256"})
    public String shape = "2816x2048";

    @Param({"1", "8", "256"})
    public int rows = 1;

    @Param({"Q4_0", "Q4_K", "Q8_0", "BF16", "F32"})
    public DType dtype = DType.F32;

    private Tensor x = memory.floats(1, 1);
    private Tensor y = memory.floats(1, 1);
    private Matrix weight = none(memory);

    @Override
    void operands() {
        int[] sizes = sizes(shape);
        x = normal(rows, sizes[1]); // [T, K]
        y = memory.zeros(rows, sizes[0]); // [T, N]
        weight = matrix(dtype, sizes[0], sizes[1]);
    }

    @Override
    Tensor run(Kernels kernels) {
        kernels.multiply(x, weight.of(kernels), y);
        return y;
    }

    @Override
    double tolerance() {
        return tolerance(dtype, rung);
    }
}
