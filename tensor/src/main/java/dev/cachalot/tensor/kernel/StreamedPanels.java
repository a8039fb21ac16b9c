package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.Tensor;
import java.util.Objects;

/**
 * A weight of floats (F32, F16, BF16, FP8) that stays where it is: panels are decoded into the
 * worker's memory while a product runs, so a mapped file of any size needs no memory of its own.
 */
final class StreamedPanels extends PanelWeight {
    private static final int DEPTH = Tile.DEPTH;

    StreamedPanels(Tensor source) {
        super(source);
    }

    @Override
    void pack(int from, int to, Scratch scratch) {
        // nothing is kept
    }

    @Override
    void block(int panel, int k, int count, Block into) {
        Objects.checkFromIndexSize(k, count, inputs());
        Objects.checkIndex(count, DEPTH + 1);
        into.numbers = into.own(DEPTH * PANEL);
        into.start = 0;
        into.floats().read(source(), panel, k, count, into.numbers);
    }

    @Override
    void row(float[] x, int xo, int from, int to, float[] y, int yo, Block scratch) {
        for (int panel = from; panel < to; panel++) {
            int out = yo + (panel - from) * PANEL;
            for (int k = 0; k < inputs(); k += DEPTH) {
                addRow(x, xo + k, panel, k, Math.min(DEPTH, inputs() - k), y, out, scratch);
            }
        }
    }

    private void addRow(
            float[] x, int xo, int panel, int k, int count, float[] y, int yo, Block scratch) {
        block(panel, k, count, scratch);
        for (int j = 0; j < PANEL; j += 2 * L) {
            StridedTile.oneByTwo(x, xo, scratch.numbers, j, count, y, yo + j, y, yo + j);
        }
    }
}
