package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;

/**
 * A weight of F32 [outputs, inputs] rounded to BF16, in panels as those of {@link FloatPanels}, but
 * with two inputs a number; and its transpose, with two outputs a number. An odd last one has a
 * zero beside it.
 */
final class PairPanels implements Weight {
    private final Tensor source;
    private final float[] panels;
    private final int steps;
    private final int turnedSteps;
    private float[] turned = new float[0]; // made when first asked for

    PairPanels(Tensor source) {
        this.source = source;
        steps = steps(source.width());
        turnedSteps = steps(source.rows());
        panels = new float[Math.multiplyExact(Tile.padded(source.rows()), steps)];
    }

    /** Pairs that hold so many numbers. */
    static int steps(int count) {
        return (count + 1) / 2;
    }

    @Override
    public Tensor source() {
        return source;
    }

    float[] panels() {
        return panels;
    }

    /** Where step {@code step} of a panel of outputs begins. */
    int at(int panel, int step) {
        return (panel * steps + step) * PANEL;
    }

    float[] turned() {
        return turned;
    }

    /** Where step {@code step} of a panel of inputs begins in the transpose. */
    int turnedAt(int panel, int step) {
        return (panel * turnedSteps + step) * PANEL;
    }

    /** Takes the source's numbers over. */
    void pack(WorkerPool pool, Scratch[] scratches) {
        Split.over(
                pool,
                Tile.padded(outputs()) / PANEL,
                (long) PANEL * inputs(),
                (from, to, worker) -> packOutputs(from, to, scratches[worker]));
        if (turned.length > 0) {
            packTurned(pool, scratches);
        }
    }

    /** Makes the transpose, unless it is there. */
    void makeTurned(WorkerPool pool, Scratch[] scratches) {
        if (turned.length == 0) {
            turned = new float[Math.multiplyExact(Tile.padded(inputs()), turnedSteps)];
            packTurned(pool, scratches);
        }
    }

    private void packOutputs(int from, int to, Scratch scratch) {
        int padded = Tile.padded(inputs());
        float[] row = scratch.floats(0, padded);
        float[] pairs = scratch.floats(1, padded / 2);
        Arrays.fill(row, inputs(), padded, 0);
        for (int panel = from; panel < to; panel++) {
            int count = Math.min(PANEL, outputs() - panel * PANEL);
            for (int r = 0; r < count; r++) {
                Rows.read(source, panel * PANEL + r, 0, inputs(), row, 0);
                ProductCode.roundRow(row, 0, padded / 32, pairs, 0);
                int at = at(panel, 0) + r;
                for (int step = 0; step < steps; step++) {
                    panels[at + step * PANEL] = pairs[step];
                }
            }
        }
    }

    private void packTurned(WorkerPool pool, Scratch[] scratches) {
        Split.over(
                pool,
                Tile.padded(inputs()) / PANEL,
                (long) PANEL * outputs(),
                (from, to, worker) -> {
                    float[] floats = scratches[worker].floats(0, 2 * turnedSteps * PANEL);
                    for (int panel = from; panel < to; panel++) {
                        int width = Math.min(PANEL, inputs() - panel * PANEL);
                        pairs(
                                source,
                                0,
                                outputs(),
                                panel * PANEL,
                                width,
                                floats,
                                turned,
                                turnedAt(panel, 0));
                    }
                });
    }

    /**
     * Rounds columns of consecutive rows of a tensor to a panel of pairs of rows.
     *
     * @param floats has room for the panel before it is rounded
     */
    static void pairs(
            Tensor from,
            int row,
            int rows,
            int column,
            int width,
            float[] floats,
            float[] to,
            int at) {
        Rows.toPanel(
                from.segment(),
                row * from.rowBytes() + 4L * column,
                from.rowBytes(),
                rows,
                width,
                floats,
                0);
        if (rows % 2 == 1) {
            Arrays.fill(floats, rows * PANEL, (rows + 1) * PANEL, 0);
        }
        ProductCode.roundPanel(floats, 0, steps(rows), to, at);
    }
}
