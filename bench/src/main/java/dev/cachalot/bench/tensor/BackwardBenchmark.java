package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Gradients of products, of a training batch of the model that this repository trains. */
public class BackwardBenchmark extends KernelBenchmark {
    /** What gradients are of. */
    public enum Of {
        INPUTS,
        WEIGHTS
    }

    /** rows x outputs x inputs: the shared feed-forward, the head. */
    @Param({"2048x512x256", "2048x1024x256"})
    public String shape = "2048x512x256";

    @Param public Of of = Of.INPUTS;

    private Tensor x = memory.floats(1, 1);
    private Tensor dy = memory.floats(1, 1);
    private Tensor gradient = memory.floats(1, 1);
    private Matrix weight = none(memory);

    @Override
    void operands() {
        int[] sizes = sizes(shape);
        x = normal(sizes[0], sizes[2]);
        dy = normal(sizes[0], sizes[1]);
        weight = matrix(DType.F32, sizes[1], sizes[2]);
        gradient =
                of == Of.INPUTS
                        ? memory.zeros(sizes[0], sizes[2])
                        : memory.zeros(sizes[1], sizes[2]);
    }

    @Override
    Tensor run(Kernels kernels) {
        switch (of) {
            case INPUTS ->
                    kernels.addInputGradients(
                            List.of(new Product(gradient, weight.of(kernels), dy)));
            case WEIGHTS ->
                    kernels.addWeightGradients(
                            List.of(new Kernels.WeightGradient(dy, x, gradient)));
        }
        return gradient;
    }

    /** Gradients are added to. */
    @Override
    boolean isRepeatable() {
        return false;
    }

    @Override
    void restore() {
        gradient.clear();
    }

    @Override
    double tolerance() {
        return tolerance(DType.BF16, rung); // training's products may round to it
    }
}
