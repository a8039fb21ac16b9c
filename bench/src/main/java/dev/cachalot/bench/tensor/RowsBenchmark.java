package dev.cachalot.bench.tensor;

import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.RotaryPairs;
import dev.cachalot.tensor.RouteRule;
import dev.cachalot.tensor.Tensor;
import org.openjdk.jmh.annotations.Param;

/** What happens to rows between products, at DeepSeek-V2-Lite's sizes. */
public class RowsBenchmark extends KernelBenchmark {
    private static final int HEADS = 16;
    private static final int HEAD = 192; // numbers of a query, of which the last are rotated
    private static final int ROTATED = 64;
    private static final int EXPERTS = 64;
    private static final int CHOSEN = 6;

    /** The operation, and the width of its rows. */
    public enum Operation {
        RMS_NORM(2048),
        ROTATE(HEADS * HEAD),
        SWI_GLU(2816),
        ROUTE(EXPERTS),
        LOG_SUM_EXP(102_400);

        private final int width;

        Operation(int width) {
            this.width = width;
        }
    }

    @Param public Operation operation = Operation.RMS_NORM;

    @Param({"1", "256"})
    public int rows = 1;

    private Tensor x = memory.floats(1, 1);
    private Tensor other = memory.floats(1, 1);
    private Tensor row = memory.floats(1, 1);
    private Tensor y = memory.floats(1, 1);
    private Tensor cos = memory.floats(1, 1);
    private Tensor sin = memory.floats(1, 1);
    private Tensor scores = memory.floats(1, 1);
    private Tensor ids = memory.ints(1, 1);
    private Tensor weights = memory.floats(1, 1);
    private int[] places = {};
    private double[] sums = {};

    @Override
    void operands() {
        int width = operation.width;
        x = normal(rows, width);
        other = normal(rows, width);
        row = normal(1, width);
        y = memory.zeros(rows, width);
        restore();
        cos = memory.floats(rows, ROTATED / 2);
        sin = memory.floats(rows, ROTATED / 2);
        places = new int[rows];
        sums = new double[rows];
        for (int i = 0; i < rows; i++) {
            places[i] = i;
            for (int pair = 0; pair < ROTATED / 2; pair++) {
                double angle = i * Math.pow(10_000, -2.0 * pair / ROTATED);
                cos.set(i, pair, (float) Math.cos(angle));
                sin.set(i, pair, (float) Math.sin(angle));
            }
        }
        scores = memory.zeros(rows, EXPERTS);
        ids = memory.ints(rows, CHOSEN);
        weights = memory.zeros(rows, CHOSEN);
    }

    @Override
    Tensor run(Kernels kernels) {
        return switch (operation) {
            case RMS_NORM -> {
                kernels.rmsNorm(x, row, 1e-6f, y);
                yield y;
            }
            case ROTATE -> {
                kernels.rotate(
                        y,
                        new Kernels.HeadColumns(HEAD - ROTATED, HEAD),
                        HEADS,
                        places,
                        cos,
                        sin,
                        RotaryPairs.ADJACENT,
                        false);
                yield y;
            }
            case SWI_GLU -> {
                kernels.swiGlu(x, other, y);
                yield y;
            }
            case ROUTE -> {
                kernels.route(
                        x,
                        row,
                        new RouteRule(
                                RouteRule.Scoring.SOFTMAX,
                                CHOSEN,
                                1,
                                1,
                                RouteRule.GroupScore.MAX,
                                false,
                                1),
                        scores,
                        ids,
                        weights);
                yield weights;
            }
            case LOG_SUM_EXP -> {
                int[] best = new int[rows];
                kernels.logSumExp(x, best, sums);
                for (int i = 0; i < rows; i++) {
                    y.set(i, 0, (float) sums[i]);
                    y.set(i, 1, best[i]);
                }
                yield y;
            }
        };
    }

    /** Rotating turns further and further. */
    @Override
    boolean isRepeatable() {
        return operation != Operation.ROTATE;
    }

    @Override
    void restore() {
        y.setFloats(x.toFloats());
    }
}
