package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.WorkerPool;
import java.util.Objects;

/**
 * A quantised weight in tiles ({@link TileFormat}), the very ones of the assembled rung: a panel is
 * a tile. Its numbers are the source's to the bit.
 */
final class TilePanels extends PanelWeight {
    private final TiledWeight tiled;

    TilePanels(TiledWeight tiled) {
        super(tiled.source());
        this.tiled = tiled;
    }

    /** Takes over changed numbers of the source. */
    void refresh(WorkerPool pool) {
        tiled.refresh(pool);
    }

    @Override
    void pack(int from, int to, Scratch scratch) {
        throw new UnsupportedOperationException("tiles are laid out all at once");
    }

    @Override
    void block(int panel, int k, int count, Block into) {
        Objects.checkFromIndexSize(k, count, inputs());
        Objects.checkIndex(count, Tile.DEPTH + 1);
        into.numbers = into.own(Tile.DEPTH * PANEL);
        into.start = 0;
        TileCodes codes = into.tiles();
        for (int done = 0; done < count; done += TileCodes.STEP) {
            int some = Math.min(TileCodes.STEP, count - done);
            codes.read(tiled, panel, k + done, some);
            codes.expand(some, into.numbers, done * PANEL);
        }
    }

    @Override
    void row(float[] x, int xo, int from, int to, float[] y, int yo, Block scratch) {
        TileCodes codes = scratch.tiles();
        int depth = inputs();
        for (int panel = from; panel < to; panel++) {
            int out = yo + (panel - from) * PANEL;
            for (int k = 0; k < depth; k += TileCodes.STEP) {
                int some = Math.min(TileCodes.STEP, depth - k);
                codes.read(tiled, panel, k, some);
                codes.addRow(x, xo + k, some, y, out);
            }
        }
    }
}
