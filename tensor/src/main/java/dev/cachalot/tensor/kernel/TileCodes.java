package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Up to {@value #STEP} inputs of a tile, ready to be computed with: codes of four or eight bits
 * where they lie, others unpacked to eight, and for each group a scale and an offset, so that a
 * number is {@code code * scale + offset} with one rounding; the product is exact, so that this is
 * what {@link dev.cachalot.tensor.BlockFormat} computes. One worker's.
 *
 * <p>Steps are short, so that the memory of the next one is on its way while one is computed with.
 */
final class TileCodes {
    /** Inputs of a step: four blocks. Half of a super format's 256 under one head. */
    static final int STEP = 128;

    private static final int SUPER = 256;
    private static final int WORDS = STEP / TileFormat.BLOCK * TileUnpack.BLOCK_BYTES / 4;

    private final float[] scales = new float[8 * Tile.PANEL]; // [group][row]
    private final float[] offsets = new float[8 * Tile.PANEL];
    private final int[] words = new int[WORDS]; // written fast here, and copied
    private final MemorySegment unpacked = Arena.ofAuto().allocate(4L * WORDS, 64);

    private CodeRun codes = CodeRun.NONE;
    private int groupShift; // of a half block to its group: 0 or 1

    /** Makes inputs {@code k} to {@code k + count - 1} of a tile ready; k is a multiple of STEP. */
    void read(TiledWeight weight, int tile, int k, int count) {
        TileFormat format = weight.format();
        MemorySegment tiles = weight.tiles();
        long start = tile * weight.tileBytes();
        int blocks = count / TileFormat.BLOCK;
        long at;
        if (format.isSuper()) {
            long head = start + k / SUPER * format.tileBytes(SUPER);
            int first = k % SUPER / format.group();
            int skipped = k % SUPER / TileFormat.BLOCK * format.blockBytes();
            at = head + format.headBytes() + skipped;
            TileScales.ofSuper(format, tiles, head, first, count / format.group(), scales, offsets);
        } else {
            at = start + (long) k / TileFormat.BLOCK * format.blockBytes();
            TileScales.ofBlocks(format, tiles, at, blocks, scales, offsets);
        }
        groupShift = format.group() == TileFormat.BLOCK ? 1 : 0;
        if (format.bits() == 4 && !format.isTable()) {
            codes = CodeRun.nibbles(tiles, at, format);
        } else if (format.bits() == 8) {
            codes = CodeRun.bytes(tiles, at, format.blockBytes());
        } else {
            TileUnpack.blocks(format, tiles, at, blocks, words);
            MemorySegment.copy(
                    words, 0, unpacked, JAVA_INT, 0, blocks * TileUnpack.BLOCK_BYTES / 4);
            codes = CodeRun.bytes(unpacked, 0, TileUnpack.BLOCK_BYTES);
        }
    }

    /** {@code y[yo + j] += sum over k < count of x[xo + k] * number[k][j]}. */
    void addRow(float[] x, int xo, int count, float[] y, int yo) {
        CodeRun run = codes;
        for (int j = 0; j < Tile.PANEL; j += 2 * L) {
            CodeTile.row(
                    run.memory(),
                    run.at(j),
                    run.apart(),
                    4 * TileFormat.LANES,
                    run.blockBytes(),
                    run.halfBytes(),
                    run.halfShift(),
                    run.mask(),
                    scales,
                    offsets,
                    j,
                    groupShift,
                    x,
                    xo,
                    count / 16,
                    y,
                    yo + j);
        }
    }

    /** The numbers as floats: [count][PANEL] from {@code start} on. */
    void expand(int count, float[] to, int start) {
        CodeRun run = codes;
        for (int j = 0; j < Tile.PANEL; j += 2 * L) {
            CodeTile.expand(
                    run.memory(),
                    run.at(j),
                    run.apart(),
                    4 * TileFormat.LANES,
                    run.blockBytes(),
                    run.halfBytes(),
                    run.halfShift(),
                    run.mask(),
                    scales,
                    offsets,
                    j,
                    groupShift,
                    count / 16,
                    to,
                    start + j);
        }
    }
}
