package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.Tensor;
import java.util.Objects;

/** Panels of F32; halves (F16, BF16) are expanded, exactly. */
final class FloatPanels extends PanelWeight {
    private final float[] panels;
    private final int inputs;
    private final int outputs;
    private float[] turned = new float[0]; // panels of the transpose, made when first asked for

    FloatPanels(Tensor source) {
        super(source);
        inputs = source.width();
        outputs = source.rows();
        panels = new float[Math.multiplyExact(Tile.padded(outputs), inputs)];
    }

    @Override
    void pack(int from, int to, Scratch scratch) {
        Tensor source = source();
        int stride = inputs + 16; // not a power of two: those collide in the cache
        float[] rows = scratch.floats(0, PANEL * stride);
        for (int panel = from; panel < to; panel++) {
            int first = panel * PANEL;
            int count = Math.min(PANEL, outputs - first);
            for (int r = 0; r < count; r++) {
                BlockFormat.decode(
                        source.dtype(),
                        source.segment(),
                        (first + r) * source.rowBytes(),
                        inputs,
                        rows,
                        r * stride);
            }
            interleave(rows, stride, count, inputs, panels, first * inputs);
        }
    }

    private static void interleave(
            float[] rows, int stride, int count, int inputs, float[] to, int at) {
        for (int k = 0; k < inputs; k++) {
            for (int r = 0; r < count; r++) {
                to[at + k * PANEL + r] = rows[r * stride + k];
            }
        }
    }

    /**
     * Whether the panels of the transpose exist and have to be packed again when numbers change.
     */
    boolean hasTurned() {
        return turned.length > 0;
    }

    int turnedPanels() {
        return Tile.padded(inputs) / PANEL;
    }

    /** Makes room for the panels of the transpose; they must be packed then. */
    void makeTurned() {
        turned = new float[Math.multiplyExact(Tile.padded(inputs), outputs)];
    }

    /** Copies panels of inputs side by side, row n = output n, from an F32 source. */
    void packTurned(int from, int to) {
        Tensor source = source();
        for (int panel = from; panel < to; panel++) {
            Rows.toPanel(
                    source.segment(),
                    4L * PANEL * panel,
                    source.rowBytes(),
                    outputs,
                    Math.min(PANEL, inputs - panel * PANEL),
                    turned,
                    panel * PANEL * outputs);
        }
    }

    /** As {@link #block}, of the transpose: outputs n to n + count - 1 of a panel of inputs. */
    void turnedBlock(int panel, int n, int count, Block into) {
        Objects.checkFromIndexSize(n, count, outputs);
        into.numbers = turned;
        into.start = (panel * outputs + n) * PANEL;
    }

    @Override
    void block(int panel, int k, int count, Block into) {
        Objects.checkFromIndexSize(k, count, inputs);
        into.numbers = panels;
        into.start = (panel * inputs + k) * PANEL;
    }

    @Override
    void row(float[] x, int xo, int from, int to, float[] y, int yo, Block scratch) {
        int columns = (to - from) * PANEL;
        int stride = inputs * PANEL;
        int first = from * stride;
        int j = 0;
        for (; j <= columns - 8 * L; j += 8 * L) {
            RowTile.eight(x, xo, inputs, panels, first + j / PANEL * stride, stride, y, yo + j);
        }
        for (; j < columns; j += 2 * L) {
            StridedTile.oneByTwo(
                    x,
                    xo,
                    panels,
                    first + j / PANEL * stride + j % PANEL,
                    inputs,
                    y,
                    yo + j,
                    y,
                    yo + j);
        }
    }
}
