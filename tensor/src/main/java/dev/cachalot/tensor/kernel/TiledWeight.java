package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

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

    /** Lays a matrix in tiles, or takes them from the store that has them. */
    static TiledWeight keep(Tensor matrix, WeightStore store, WorkerPool pool) {
        TileFormat format = TileFormat.of(matrix.dtype());
        long bytes = count(matrix.rows()) * format.tileBytes(matrix.width());
        MemorySegment tiles =
                store.keep(
                        matrix,
                        bytes,
                        memory -> new TiledWeight(matrix, format, memory).pack(pool));
        return new TiledWeight(matrix, format, tiles);
    }

    /**
     * Takes over changed numbers of the source.
     *
     * @throws IllegalArgumentException for tiles that are kept in a file
     */
    void refresh(WorkerPool pool) {
        if (tiles.isReadOnly()) {
            throw new IllegalArgumentException(
                    "weight " + source + " is kept in a file and cannot be refreshed");
        }
        pack(pool);
    }

    private void pack(WorkerPool pool) {
        CodeTiles[] packers = new CodeTiles[pool.threads()];
        Arrays.setAll(packers, _ -> new CodeTiles(format));
        long each = tileBytes();
        Split.over(
                pool,
                count(),
                (long) TileFormat.ROWS * inputs(),
                (from, to, worker) -> {
                    for (int tile = from; tile < to; tile++) {
                        packers[worker].pack(source, tile, tiles, tile * each);
                    }
                });
        TileMemory.release(source); // not read again
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
