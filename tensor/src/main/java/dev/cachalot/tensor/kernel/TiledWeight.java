package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import java.lang.foreign.MemorySegment;

/**
 * A quantised weight in tiles of 32 outputs ({@link TileFormat}).
 *
 * @param source the matrix [outputs, inputs] it was laid out from
 * @param tiles outside the heap, aligned to 64 bytes
 */
record TiledWeight(Tensor source, TileFormat format, MemorySegment tiles) implements Weight {

    /** Tiles of a matrix with so many outputs. */
    static int count(int outputs) {
        return (outputs + TileFormat.ROWS - 1) / TileFormat.ROWS;
    }

    /** Whether a matrix can be laid in tiles. */
    static boolean fits(Tensor matrix) {
        return TileFormat.isTiled(matrix.dtype()) && matrix.rows() > 0 && matrix.width() > 0;
    }

    int count() {
        return count(outputs());
    }

    long tileBytes() {
        return format.tileBytes(inputs());
    }

    long address(int tile) {
        return tiles.address() + tile * tileBytes();
    }
}
