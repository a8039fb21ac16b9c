package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.L;

/**
 * Adds a product of two small matrices to a third, all in heap arrays. Every number of the result
 * is one chain of fused multiply-adds over p, ascending, continuing from what {@code c} held;
 * calling it for consecutive ranges of p continues the chain. So every way to cut rows, columns and
 * p gives the same bits.
 *
 * <p>The right matrix lies in a panel: row p at {@code bo + p * PANEL}, PANEL columns, of which the
 * first {@code width} are wanted. Up to PANEL columns are computed: {@code c} has room for them.
 */
final class Tile {
    /** Columns of a panel; a multiple of two vectors of every width. */
    static final int PANEL = 32;

    /** Inputs a pass takes: a panel of them fills most of a first-level cache. */
    static final int DEPTH = 256;

    private static final float[] ZEROS = new float[PANEL];

    /** With 32 registers of 512 bits twelve rows fit and pay; four fit everywhere. */
    private static final boolean WIDE = L == 16;

    /**
     * The left matrix lies row after row: a[i][p] at {@code ao + i * lda + p}. The chains start
     * from 0 if {@code fresh}: what {@code c} held is not read.
     */
    static void strided(
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int n,
            float[] c,
            int co,
            int ldc,
            int rows,
            int width,
            boolean fresh) {
        float[] s = fresh ? ZEROS : c;
        int start = fresh ? 0 : co;
        int lds = fresh ? 0 : ldc;
        for (int v = 0; v < width; v += 2 * L) {
            int so = start + v;
            int i = 0;
            if (WIDE && width <= L) {
                for (; i <= rows - 16; i += 16) {
                    NarrowTile.sixteenStrided(
                            a,
                            ao + i * lda,
                            lda,
                            b,
                            bo,
                            n,
                            s,
                            so + i * lds,
                            lds,
                            c,
                            co + i * ldc,
                            ldc);
                }
            } else if (WIDE) {
                for (; i <= rows - 12; i += 12) {
                    StridedTile.twelveByTwo(
                            a,
                            ao + i * lda,
                            lda,
                            b,
                            bo,
                            n,
                            s,
                            so + i * lds,
                            lds,
                            c,
                            co + i * ldc,
                            ldc);
                }
                for (; i <= rows - 8; i += 8) {
                    StridedTile.eightByTwo(
                            a,
                            ao + i * lda,
                            lda,
                            b,
                            bo,
                            n,
                            s,
                            so + i * lds,
                            lds,
                            c,
                            co + i * ldc,
                            ldc);
                }
            }
            for (; i <= rows - 4; i += 4) {
                StridedTile.fourByTwo(
                        a,
                        ao + i * lda,
                        lda,
                        b,
                        bo + v,
                        n,
                        s,
                        so + i * lds,
                        lds,
                        c,
                        co + i * ldc + v,
                        ldc);
            }
            for (; i < rows; i++) {
                StridedTile.oneByTwo(
                        a, ao + i * lda, b, bo + v, n, s, so + i * lds, c, co + i * ldc + v);
            }
        }
    }

    /**
     * The left matrix lies interleaved: a[i][p] at {@code ao + p * PANEL + i}, at most PANEL rows.
     * Rows are computed in fours: {@code a} and {@code c} have room for them.
     */
    static void interleaved(
            float[] a,
            int ao,
            float[] b,
            int bo,
            int n,
            float[] c,
            int co,
            int ldc,
            int rows,
            int width) {
        for (int v = 0; v < width; v += 2 * L) {
            int i = 0;
            if (WIDE && width <= L) {
                for (; i <= rows - 16; i += 16) {
                    NarrowTile.sixteenInterleaved(a, ao + i, b, bo, n, c, co + i * ldc, ldc);
                }
            } else if (WIDE) {
                for (; i <= rows - 8; i += 8) {
                    InterleavedTile.eightByTwo(a, ao + i, b, bo, n, c, co + i * ldc, ldc);
                }
            }
            for (; i < rows; i += 4) {
                InterleavedTile.fourByTwo(a, ao + i, b, bo + v, n, c, co + i * ldc + v, ldc);
            }
        }
    }

    /** {@code count} rounded up to whole panels. */
    static int padded(int count) {
        return (count + PANEL - 1) / PANEL * PANEL;
    }

    private Tile() {}
}
