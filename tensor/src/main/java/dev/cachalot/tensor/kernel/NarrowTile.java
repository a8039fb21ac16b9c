package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import jdk.incubator.vector.FloatVector;

/**
 * Inner tiles of one vector of columns, for the last half of a panel: sixteen rows, so that there
 * are enough chains of multiply-adds at once. Left matrices as in {@link StridedTile} and {@link
 * InterleavedTile}.
 */
final class NarrowTile {

    /** Sixteen rows, row after row. */
    static void sixteenStrided(
            float[] a,
            int ao,
            int lda,
            float[] b,
            int bo,
            int n,
            float[] s,
            int so,
            int lds,
            float[] c,
            int co,
            int ldc) {
        int r1 = co + ldc;
        int r2 = r1 + ldc;
        int r3 = r2 + ldc;
        int r4 = r3 + ldc;
        int r5 = r4 + ldc;
        int r6 = r5 + ldc;
        int r7 = r6 + ldc;
        int r8 = r7 + ldc;
        int r9 = r8 + ldc;
        int r10 = r9 + ldc;
        int r11 = r10 + ldc;
        int r12 = r11 + ldc;
        int r13 = r12 + ldc;
        int r14 = r13 + ldc;
        int r15 = r14 + ldc;
        int s1 = so + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int s5 = s4 + lds;
        int s6 = s5 + lds;
        int s7 = s6 + lds;
        int s8 = s7 + lds;
        int s9 = s8 + lds;
        int s10 = s9 + lds;
        int s11 = s10 + lds;
        int s12 = s11 + lds;
        int s13 = s12 + lds;
        int s14 = s13 + lds;
        int s15 = s14 + lds;
        FloatVector c0 = FloatVector.fromArray(F, s, so);
        FloatVector c1 = FloatVector.fromArray(F, s, s1);
        FloatVector c2 = FloatVector.fromArray(F, s, s2);
        FloatVector c3 = FloatVector.fromArray(F, s, s3);
        FloatVector c4 = FloatVector.fromArray(F, s, s4);
        FloatVector c5 = FloatVector.fromArray(F, s, s5);
        FloatVector c6 = FloatVector.fromArray(F, s, s6);
        FloatVector c7 = FloatVector.fromArray(F, s, s7);
        FloatVector c8 = FloatVector.fromArray(F, s, s8);
        FloatVector c9 = FloatVector.fromArray(F, s, s9);
        FloatVector c10 = FloatVector.fromArray(F, s, s10);
        FloatVector c11 = FloatVector.fromArray(F, s, s11);
        FloatVector c12 = FloatVector.fromArray(F, s, s12);
        FloatVector c13 = FloatVector.fromArray(F, s, s13);
        FloatVector c14 = FloatVector.fromArray(F, s, s14);
        FloatVector c15 = FloatVector.fromArray(F, s, s15);
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int a6 = a5 + lda;
        int a7 = a6 + lda;
        int a8 = a7 + lda;
        int a9 = a8 + lda;
        int a10 = a9 + lda;
        int a11 = a10 + lda;
        int a12 = a11 + lda;
        int a13 = a12 + lda;
        int a14 = a13 + lda;
        int a15 = a14 + lda;
        for (int p = 0; p < n; p++) {
            FloatVector row = FloatVector.fromArray(F, b, bo + p * PANEL);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao + p]);
            c0 = x.fma(row, c0);
            x = FloatVector.broadcast(F, a[a1 + p]);
            c1 = x.fma(row, c1);
            x = FloatVector.broadcast(F, a[a2 + p]);
            c2 = x.fma(row, c2);
            x = FloatVector.broadcast(F, a[a3 + p]);
            c3 = x.fma(row, c3);
            x = FloatVector.broadcast(F, a[a4 + p]);
            c4 = x.fma(row, c4);
            x = FloatVector.broadcast(F, a[a5 + p]);
            c5 = x.fma(row, c5);
            x = FloatVector.broadcast(F, a[a6 + p]);
            c6 = x.fma(row, c6);
            x = FloatVector.broadcast(F, a[a7 + p]);
            c7 = x.fma(row, c7);
            x = FloatVector.broadcast(F, a[a8 + p]);
            c8 = x.fma(row, c8);
            x = FloatVector.broadcast(F, a[a9 + p]);
            c9 = x.fma(row, c9);
            x = FloatVector.broadcast(F, a[a10 + p]);
            c10 = x.fma(row, c10);
            x = FloatVector.broadcast(F, a[a11 + p]);
            c11 = x.fma(row, c11);
            x = FloatVector.broadcast(F, a[a12 + p]);
            c12 = x.fma(row, c12);
            x = FloatVector.broadcast(F, a[a13 + p]);
            c13 = x.fma(row, c13);
            x = FloatVector.broadcast(F, a[a14 + p]);
            c14 = x.fma(row, c14);
            x = FloatVector.broadcast(F, a[a15 + p]);
            c15 = x.fma(row, c15);
        }
        c0.intoArray(c, co);
        c1.intoArray(c, r1);
        c2.intoArray(c, r2);
        c3.intoArray(c, r3);
        c4.intoArray(c, r4);
        c5.intoArray(c, r5);
        c6.intoArray(c, r6);
        c7.intoArray(c, r7);
        c8.intoArray(c, r8);
        c9.intoArray(c, r9);
        c10.intoArray(c, r10);
        c11.intoArray(c, r11);
        c12.intoArray(c, r12);
        c13.intoArray(c, r13);
        c14.intoArray(c, r14);
        c15.intoArray(c, r15);
    }

    /** Sixteen rows, interleaved. */
    static void sixteenInterleaved(
            float[] a, int ao, float[] b, int bo, int n, float[] c, int co, int ldc) {
        int r1 = co + ldc;
        int r2 = r1 + ldc;
        int r3 = r2 + ldc;
        int r4 = r3 + ldc;
        int r5 = r4 + ldc;
        int r6 = r5 + ldc;
        int r7 = r6 + ldc;
        int r8 = r7 + ldc;
        int r9 = r8 + ldc;
        int r10 = r9 + ldc;
        int r11 = r10 + ldc;
        int r12 = r11 + ldc;
        int r13 = r12 + ldc;
        int r14 = r13 + ldc;
        int r15 = r14 + ldc;
        FloatVector c0 = FloatVector.fromArray(F, c, co);
        FloatVector c1 = FloatVector.fromArray(F, c, r1);
        FloatVector c2 = FloatVector.fromArray(F, c, r2);
        FloatVector c3 = FloatVector.fromArray(F, c, r3);
        FloatVector c4 = FloatVector.fromArray(F, c, r4);
        FloatVector c5 = FloatVector.fromArray(F, c, r5);
        FloatVector c6 = FloatVector.fromArray(F, c, r6);
        FloatVector c7 = FloatVector.fromArray(F, c, r7);
        FloatVector c8 = FloatVector.fromArray(F, c, r8);
        FloatVector c9 = FloatVector.fromArray(F, c, r9);
        FloatVector c10 = FloatVector.fromArray(F, c, r10);
        FloatVector c11 = FloatVector.fromArray(F, c, r11);
        FloatVector c12 = FloatVector.fromArray(F, c, r12);
        FloatVector c13 = FloatVector.fromArray(F, c, r13);
        FloatVector c14 = FloatVector.fromArray(F, c, r14);
        FloatVector c15 = FloatVector.fromArray(F, c, r15);
        int shift = ao - bo;
        int end = bo + n * PANEL;
        for (int p = bo; p < end; p += PANEL) {
            FloatVector row = FloatVector.fromArray(F, b, p);
            FloatVector x;
            x = FloatVector.broadcast(F, a[shift + p]);
            c0 = x.fma(row, c0);
            x = FloatVector.broadcast(F, a[shift + p + 1]);
            c1 = x.fma(row, c1);
            x = FloatVector.broadcast(F, a[shift + p + 2]);
            c2 = x.fma(row, c2);
            x = FloatVector.broadcast(F, a[shift + p + 3]);
            c3 = x.fma(row, c3);
            x = FloatVector.broadcast(F, a[shift + p + 4]);
            c4 = x.fma(row, c4);
            x = FloatVector.broadcast(F, a[shift + p + 5]);
            c5 = x.fma(row, c5);
            x = FloatVector.broadcast(F, a[shift + p + 6]);
            c6 = x.fma(row, c6);
            x = FloatVector.broadcast(F, a[shift + p + 7]);
            c7 = x.fma(row, c7);
            x = FloatVector.broadcast(F, a[shift + p + 8]);
            c8 = x.fma(row, c8);
            x = FloatVector.broadcast(F, a[shift + p + 9]);
            c9 = x.fma(row, c9);
            x = FloatVector.broadcast(F, a[shift + p + 10]);
            c10 = x.fma(row, c10);
            x = FloatVector.broadcast(F, a[shift + p + 11]);
            c11 = x.fma(row, c11);
            x = FloatVector.broadcast(F, a[shift + p + 12]);
            c12 = x.fma(row, c12);
            x = FloatVector.broadcast(F, a[shift + p + 13]);
            c13 = x.fma(row, c13);
            x = FloatVector.broadcast(F, a[shift + p + 14]);
            c14 = x.fma(row, c14);
            x = FloatVector.broadcast(F, a[shift + p + 15]);
            c15 = x.fma(row, c15);
        }
        c0.intoArray(c, co);
        c1.intoArray(c, r1);
        c2.intoArray(c, r2);
        c3.intoArray(c, r3);
        c4.intoArray(c, r4);
        c5.intoArray(c, r5);
        c6.intoArray(c, r6);
        c7.intoArray(c, r7);
        c8.intoArray(c, r8);
        c9.intoArray(c, r9);
        c10.intoArray(c, r10);
        c11.intoArray(c, r11);
        c12.intoArray(c, r12);
        c13.intoArray(c, r13);
        c14.intoArray(c, r14);
        c15.intoArray(c, r15);
    }

    private NarrowTile() {}
}
