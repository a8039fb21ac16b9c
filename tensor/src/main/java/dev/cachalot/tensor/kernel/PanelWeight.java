package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import org.jspecify.annotations.Nullable;

/**
 * A weight [outputs, inputs] in panels of {@value Tile#PANEL} outputs side by side: panel j holds,
 * for each input k, outputs 32 j to 32 j + 31 (anything past the last). They are copied from the
 * source by {@link #pack}, or when they are asked for.
 */
abstract sealed class PanelWeight implements Weight
        permits FloatPanels, TilePanels, StreamedPanels {
    private final Tensor source;

    PanelWeight(Tensor source) {
        this.source = source;
    }

    @Override
    public final Tensor source() {
        return source;
    }

    final int panels() {
        return Tile.padded(outputs()) / PANEL;
    }

    /** Copies panels {@code from} to {@code to - 1} from the source. */
    abstract void pack(int from, int to, Scratch scratch);

    /**
     * Inputs {@code k} to {@code k + count - 1} of a panel as floats: in {@link Block#numbers} from
     * {@link Block#start} on, [count][PANEL].
     */
    abstract void block(int panel, int k, int count, Block into);

    /**
     * {@code y[yo + j] += sum over k of x[xo + k] * w[k][j]} for all panels from..to-1, one row.
     */
    abstract void row(float[] x, int xo, int from, int to, float[] y, int yo, Block scratch);

    /** Where a panel's numbers lie. One a worker. */
    static final class Block {
        float[] numbers = new float[0]; // the weight's own, or decoded into
        int start; // of the block's first number
        private float[] own = new float[0]; // memory to decode into
        private @Nullable TileCodes tiles; // made when first asked for, as is the next
        private @Nullable FloatRows floats;

        /** Memory of the worker's own for {@code size} numbers, with undefined contents. */
        float[] own(int size) {
            if (own.length < size) {
                own = new float[size];
            }
            return own;
        }

        TileCodes tiles() {
            TileCodes made = tiles;
            if (made == null) {
                made = new TileCodes();
                tiles = made;
            }
            return made;
        }

        FloatRows floats() {
            FloatRows made = floats;
            if (made == null) {
                made = new FloatRows();
                floats = made;
            }
            return made;
        }
    }
}
