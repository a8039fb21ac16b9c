package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import jdk.incubator.vector.FloatVector;

/**
 * Inner tiles whose left matrix lies row after row: {@code c[i][j] += sum over p of a[i][p] *
 * b[p][j]}, p ascending, a[i][p] at {@code ao + i * lda + p}, b[p] at {@code bo + p * PANEL}, c[i]
 * at {@code co + i * ldc}. The chains start from s[i] at {@code so + i * lds}: from c itself, or
 * from zeros. Written out by hand because accumulators must be local variables to stay in
 * registers.
 */
final class StridedTile {

    /** Twelve rows, two vectors of columns: 26 of 32 registers. */
    static void twelveByTwo(
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
        FloatVector c0l = FloatVector.fromArray(F, s, so);
        FloatVector c0r = FloatVector.fromArray(F, s, so + L);
        FloatVector c1l = FloatVector.fromArray(F, s, s1);
        FloatVector c1r = FloatVector.fromArray(F, s, s1 + L);
        FloatVector c2l = FloatVector.fromArray(F, s, s2);
        FloatVector c2r = FloatVector.fromArray(F, s, s2 + L);
        FloatVector c3l = FloatVector.fromArray(F, s, s3);
        FloatVector c3r = FloatVector.fromArray(F, s, s3 + L);
        FloatVector c4l = FloatVector.fromArray(F, s, s4);
        FloatVector c4r = FloatVector.fromArray(F, s, s4 + L);
        FloatVector c5l = FloatVector.fromArray(F, s, s5);
        FloatVector c5r = FloatVector.fromArray(F, s, s5 + L);
        FloatVector c6l = FloatVector.fromArray(F, s, s6);
        FloatVector c6r = FloatVector.fromArray(F, s, s6 + L);
        FloatVector c7l = FloatVector.fromArray(F, s, s7);
        FloatVector c7r = FloatVector.fromArray(F, s, s7 + L);
        FloatVector c8l = FloatVector.fromArray(F, s, s8);
        FloatVector c8r = FloatVector.fromArray(F, s, s8 + L);
        FloatVector c9l = FloatVector.fromArray(F, s, s9);
        FloatVector c9r = FloatVector.fromArray(F, s, s9 + L);
        FloatVector c10l = FloatVector.fromArray(F, s, s10);
        FloatVector c10r = FloatVector.fromArray(F, s, s10 + L);
        FloatVector c11l = FloatVector.fromArray(F, s, s11);
        FloatVector c11r = FloatVector.fromArray(F, s, s11 + L);
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
        for (int p = 0; p < n; p++) {
            FloatVector left = FloatVector.fromArray(F, b, bo + p * PANEL);
            FloatVector right = FloatVector.fromArray(F, b, bo + p * PANEL + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
            x = FloatVector.broadcast(F, a[a1 + p]);
            c1l = x.fma(left, c1l);
            c1r = x.fma(right, c1r);
            x = FloatVector.broadcast(F, a[a2 + p]);
            c2l = x.fma(left, c2l);
            c2r = x.fma(right, c2r);
            x = FloatVector.broadcast(F, a[a3 + p]);
            c3l = x.fma(left, c3l);
            c3r = x.fma(right, c3r);
            x = FloatVector.broadcast(F, a[a4 + p]);
            c4l = x.fma(left, c4l);
            c4r = x.fma(right, c4r);
            x = FloatVector.broadcast(F, a[a5 + p]);
            c5l = x.fma(left, c5l);
            c5r = x.fma(right, c5r);
            x = FloatVector.broadcast(F, a[a6 + p]);
            c6l = x.fma(left, c6l);
            c6r = x.fma(right, c6r);
            x = FloatVector.broadcast(F, a[a7 + p]);
            c7l = x.fma(left, c7l);
            c7r = x.fma(right, c7r);
            x = FloatVector.broadcast(F, a[a8 + p]);
            c8l = x.fma(left, c8l);
            c8r = x.fma(right, c8r);
            x = FloatVector.broadcast(F, a[a9 + p]);
            c9l = x.fma(left, c9l);
            c9r = x.fma(right, c9r);
            x = FloatVector.broadcast(F, a[a10 + p]);
            c10l = x.fma(left, c10l);
            c10r = x.fma(right, c10r);
            x = FloatVector.broadcast(F, a[a11 + p]);
            c11l = x.fma(left, c11l);
            c11r = x.fma(right, c11r);
        }
        c0l.intoArray(c, co);
        c0r.intoArray(c, co + L);
        c1l.intoArray(c, r1);
        c1r.intoArray(c, r1 + L);
        c2l.intoArray(c, r2);
        c2r.intoArray(c, r2 + L);
        c3l.intoArray(c, r3);
        c3r.intoArray(c, r3 + L);
        c4l.intoArray(c, r4);
        c4r.intoArray(c, r4 + L);
        c5l.intoArray(c, r5);
        c5r.intoArray(c, r5 + L);
        c6l.intoArray(c, r6);
        c6r.intoArray(c, r6 + L);
        c7l.intoArray(c, r7);
        c7r.intoArray(c, r7 + L);
        c8l.intoArray(c, r8);
        c8r.intoArray(c, r8 + L);
        c9l.intoArray(c, r9);
        c9r.intoArray(c, r9 + L);
        c10l.intoArray(c, r10);
        c10r.intoArray(c, r10 + L);
        c11l.intoArray(c, r11);
        c11r.intoArray(c, r11 + L);
    }

    /** Eight rows, two vectors of columns. */
    static void eightByTwo(
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
        int s1 = so + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        int s4 = s3 + lds;
        int s5 = s4 + lds;
        int s6 = s5 + lds;
        int s7 = s6 + lds;
        FloatVector c0l = FloatVector.fromArray(F, s, so);
        FloatVector c0r = FloatVector.fromArray(F, s, so + L);
        FloatVector c1l = FloatVector.fromArray(F, s, s1);
        FloatVector c1r = FloatVector.fromArray(F, s, s1 + L);
        FloatVector c2l = FloatVector.fromArray(F, s, s2);
        FloatVector c2r = FloatVector.fromArray(F, s, s2 + L);
        FloatVector c3l = FloatVector.fromArray(F, s, s3);
        FloatVector c3r = FloatVector.fromArray(F, s, s3 + L);
        FloatVector c4l = FloatVector.fromArray(F, s, s4);
        FloatVector c4r = FloatVector.fromArray(F, s, s4 + L);
        FloatVector c5l = FloatVector.fromArray(F, s, s5);
        FloatVector c5r = FloatVector.fromArray(F, s, s5 + L);
        FloatVector c6l = FloatVector.fromArray(F, s, s6);
        FloatVector c6r = FloatVector.fromArray(F, s, s6 + L);
        FloatVector c7l = FloatVector.fromArray(F, s, s7);
        FloatVector c7r = FloatVector.fromArray(F, s, s7 + L);
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        int a4 = a3 + lda;
        int a5 = a4 + lda;
        int a6 = a5 + lda;
        int a7 = a6 + lda;
        for (int p = 0; p < n; p++) {
            FloatVector left = FloatVector.fromArray(F, b, bo + p * PANEL);
            FloatVector right = FloatVector.fromArray(F, b, bo + p * PANEL + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
            x = FloatVector.broadcast(F, a[a1 + p]);
            c1l = x.fma(left, c1l);
            c1r = x.fma(right, c1r);
            x = FloatVector.broadcast(F, a[a2 + p]);
            c2l = x.fma(left, c2l);
            c2r = x.fma(right, c2r);
            x = FloatVector.broadcast(F, a[a3 + p]);
            c3l = x.fma(left, c3l);
            c3r = x.fma(right, c3r);
            x = FloatVector.broadcast(F, a[a4 + p]);
            c4l = x.fma(left, c4l);
            c4r = x.fma(right, c4r);
            x = FloatVector.broadcast(F, a[a5 + p]);
            c5l = x.fma(left, c5l);
            c5r = x.fma(right, c5r);
            x = FloatVector.broadcast(F, a[a6 + p]);
            c6l = x.fma(left, c6l);
            c6r = x.fma(right, c6r);
            x = FloatVector.broadcast(F, a[a7 + p]);
            c7l = x.fma(left, c7l);
            c7r = x.fma(right, c7r);
        }
        c0l.intoArray(c, co);
        c0r.intoArray(c, co + L);
        c1l.intoArray(c, r1);
        c1r.intoArray(c, r1 + L);
        c2l.intoArray(c, r2);
        c2r.intoArray(c, r2 + L);
        c3l.intoArray(c, r3);
        c3r.intoArray(c, r3 + L);
        c4l.intoArray(c, r4);
        c4r.intoArray(c, r4 + L);
        c5l.intoArray(c, r5);
        c5r.intoArray(c, r5 + L);
        c6l.intoArray(c, r6);
        c6r.intoArray(c, r6 + L);
        c7l.intoArray(c, r7);
        c7r.intoArray(c, r7 + L);
    }

    /** Four rows, two vectors of columns. */
    static void fourByTwo(
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
        int s1 = so + lds;
        int s2 = s1 + lds;
        int s3 = s2 + lds;
        FloatVector c0l = FloatVector.fromArray(F, s, so);
        FloatVector c0r = FloatVector.fromArray(F, s, so + L);
        FloatVector c1l = FloatVector.fromArray(F, s, s1);
        FloatVector c1r = FloatVector.fromArray(F, s, s1 + L);
        FloatVector c2l = FloatVector.fromArray(F, s, s2);
        FloatVector c2r = FloatVector.fromArray(F, s, s2 + L);
        FloatVector c3l = FloatVector.fromArray(F, s, s3);
        FloatVector c3r = FloatVector.fromArray(F, s, s3 + L);
        int a1 = ao + lda;
        int a2 = a1 + lda;
        int a3 = a2 + lda;
        for (int p = 0; p < n; p++) {
            FloatVector left = FloatVector.fromArray(F, b, bo + p * PANEL);
            FloatVector right = FloatVector.fromArray(F, b, bo + p * PANEL + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
            x = FloatVector.broadcast(F, a[a1 + p]);
            c1l = x.fma(left, c1l);
            c1r = x.fma(right, c1r);
            x = FloatVector.broadcast(F, a[a2 + p]);
            c2l = x.fma(left, c2l);
            c2r = x.fma(right, c2r);
            x = FloatVector.broadcast(F, a[a3 + p]);
            c3l = x.fma(left, c3l);
            c3r = x.fma(right, c3r);
        }
        c0l.intoArray(c, co);
        c0r.intoArray(c, co + L);
        c1l.intoArray(c, r1);
        c1r.intoArray(c, r1 + L);
        c2l.intoArray(c, r2);
        c2r.intoArray(c, r2 + L);
        c3l.intoArray(c, r3);
        c3r.intoArray(c, r3 + L);
    }

    /** One row, two vectors of columns. */
    static void oneByTwo(
            float[] a, int ao, float[] b, int bo, int n, float[] s, int so, float[] c, int co) {
        FloatVector c0l = FloatVector.fromArray(F, s, so);
        FloatVector c0r = FloatVector.fromArray(F, s, so + L);
        for (int p = 0; p < n; p++) {
            FloatVector left = FloatVector.fromArray(F, b, bo + p * PANEL);
            FloatVector right = FloatVector.fromArray(F, b, bo + p * PANEL + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[ao + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
        }
        c0l.intoArray(c, co);
        c0r.intoArray(c, co + L);
    }

    private StridedTile() {}
}
