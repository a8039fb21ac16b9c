package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.Tensor;
import java.util.Arrays;

/**
 * Arrays of one worker for the attention of up to {@value Tile#PANEL} queries over the same keys.
 */
final class AttentionWork {
    final float[] keys; // [keys][keyDim]
    final float[] values; // panels of [keys][PANEL]
    final float[] rows; // queries, [PANEL][keyDim]
    final int[] visible = new int[PANEL]; // keys that a lane sees
    private final AttentionShape shape;
    private final int keyCount;
    private final float[] queries; // [keyDim][PANEL]
    private final float[] scores; // [keys][PANEL]
    final float[] result; // [PANEL][stride]
    final int stride;
    private final float[] largest = new float[PANEL];
    private final float[] sums = new float[PANEL];

    AttentionWork(Scratch scratch, AttentionShape shape, int keyCount) {
        this.shape = shape;
        this.keyCount = keyCount;
        stride = Tile.padded(shape.valueDim());
        keys = scratch.floats(0, keyCount * shape.keyDim());
        values = scratch.floats(1, keyCount * stride);
        rows = scratch.floats(2, PANEL * shape.keyDim());
        queries = scratch.floats(3, PANEL * shape.keyDim());
        scores = scratch.floats(4, keyCount * PANEL);
        result = scratch.floats(5, PANEL * stride);
    }

    /** Attention of the first {@code lanes} rows to {@link #result}; the last one sees most. */
    void run(int lanes) {
        int keyDim = shape.keyDim();
        int count = visible[lanes - 1];
        Rows.turn(rows, keyDim, lanes, keyDim, shape.scale(), queries);
        AttentionTile.scores(keys, keyDim, keyDim, queries, count, lanes, visible, scores);
        AttentionTile.exponentials(scores, count, lanes, largest, sums);
        Arrays.fill(result, 0, PANEL * stride, 0);
        AttentionTile.weigh(
                scores, count, values, keyCount, shape.valueDim(), lanes, result, stride);
        for (int lane = 0; lane < lanes; lane++) {
            float inverse = 1 / sums[lane];
            for (int c = 0; c < stride; c++) {
                result[lane * stride + c] *= inverse;
            }
        }
    }

    /** Writes the result of a lane. */
    void write(int lane, Tensor out, int row, int column) {
        Rows.write(result, lane * stride, shape.valueDim(), out, row, column);
    }

    float logSumExp(int lane) {
        return (float) (largest[lane] + Math.log(sums[lane]));
    }
}
