package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Causal attention of a piece of a prompt to what is before it and to itself. */
public class AttendBenchmark extends KernelBenchmark {
    /** heads x key and value heads x key x value: DeepSeek-V2-Lite unfolded, Qwen2-1.5B. */
    @Param({"16x16x192x128", "12x2x128x128"})
    public String shape = "16x16x192x128";

    /** Tokens before the piece. */
    @Param({"0", "1024"})
    public int before;

    /** Tokens of the piece. */
    @Param("256")
    public int tokens = 256;

    private AttentionShape attention = new AttentionShape(1, 1, 1, 1, 1);
    private Tensor q = memory.floats(1, 1);
    private Tensor k = memory.floats(1, 1);
    private Tensor v = memory.floats(1, 1);
    private Tensor out = memory.floats(1, 1);
    private Tensor logSumExp = memory.floats(1, 1);

    @Override
    void operands() {
        attention = attention(shape);
        int keys = before + tokens;
        q = normal(tokens, attention.heads() * attention.keyDim());
        k = normal(keys, attention.kvHeads() * attention.keyDim());
        v = normal(keys, attention.kvHeads() * attention.valueDim());
        out = memory.zeros(tokens, attention.heads() * (long) attention.valueDim());
        logSumExp = memory.zeros(tokens, attention.heads());
    }

    @Override
    Tensor run(Kernels kernels) {
        AttentionSpan span = new AttentionSpan(0, tokens, 0, before + tokens);
        kernels.attend(q, k, v, attention, List.of(span), out, logSumExp);
        return out;
    }

    @Override
    double tolerance() {
        return ATTENTION;
    }
}
