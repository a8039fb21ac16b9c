package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import jdk.incubator.vector.FloatVector;

/**
 * Inner tiles whose left matrix lies interleaved: as {@link StridedTile}, with a[i][p] at {@code ao
 * + p * PANEL + i}. The loop steps by PANEL: with a multiplication in its indices it reached a
 * tenth less.
 */
final class InterleavedTile {

    /** Eight rows, two vectors of columns. */
    static void eightByTwo(
            float[] a, int ao, float[] b, int bo, int n, float[] c, int co, int ldc) {
        int r1 = co + ldc;
        int r2 = r1 + ldc;
        int r3 = r2 + ldc;
        int r4 = r3 + ldc;
        int r5 = r4 + ldc;
        int r6 = r5 + ldc;
        int r7 = r6 + ldc;
        FloatVector c0l = FloatVector.fromArray(F, c, co);
        FloatVector c0r = FloatVector.fromArray(F, c, co + L);
        FloatVector c1l = FloatVector.fromArray(F, c, r1);
        FloatVector c1r = FloatVector.fromArray(F, c, r1 + L);
        FloatVector c2l = FloatVector.fromArray(F, c, r2);
        FloatVector c2r = FloatVector.fromArray(F, c, r2 + L);
        FloatVector c3l = FloatVector.fromArray(F, c, r3);
        FloatVector c3r = FloatVector.fromArray(F, c, r3 + L);
        FloatVector c4l = FloatVector.fromArray(F, c, r4);
        FloatVector c4r = FloatVector.fromArray(F, c, r4 + L);
        FloatVector c5l = FloatVector.fromArray(F, c, r5);
        FloatVector c5r = FloatVector.fromArray(F, c, r5 + L);
        FloatVector c6l = FloatVector.fromArray(F, c, r6);
        FloatVector c6r = FloatVector.fromArray(F, c, r6 + L);
        FloatVector c7l = FloatVector.fromArray(F, c, r7);
        FloatVector c7r = FloatVector.fromArray(F, c, r7 + L);
        int shift = ao - bo;
        int end = bo + n * PANEL;
        for (int p = bo; p < end; p += PANEL) {
            FloatVector left = FloatVector.fromArray(F, b, p);
            FloatVector right = FloatVector.fromArray(F, b, p + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[shift + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
            x = FloatVector.broadcast(F, a[shift + p + 1]);
            c1l = x.fma(left, c1l);
            c1r = x.fma(right, c1r);
            x = FloatVector.broadcast(F, a[shift + p + 2]);
            c2l = x.fma(left, c2l);
            c2r = x.fma(right, c2r);
            x = FloatVector.broadcast(F, a[shift + p + 3]);
            c3l = x.fma(left, c3l);
            c3r = x.fma(right, c3r);
            x = FloatVector.broadcast(F, a[shift + p + 4]);
            c4l = x.fma(left, c4l);
            c4r = x.fma(right, c4r);
            x = FloatVector.broadcast(F, a[shift + p + 5]);
            c5l = x.fma(left, c5l);
            c5r = x.fma(right, c5r);
            x = FloatVector.broadcast(F, a[shift + p + 6]);
            c6l = x.fma(left, c6l);
            c6r = x.fma(right, c6r);
            x = FloatVector.broadcast(F, a[shift + p + 7]);
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
    static void fourByTwo(float[] a, int ao, float[] b, int bo, int n, float[] c, int co, int ldc) {
        int r1 = co + ldc;
        int r2 = r1 + ldc;
        int r3 = r2 + ldc;
        FloatVector c0l = FloatVector.fromArray(F, c, co);
        FloatVector c0r = FloatVector.fromArray(F, c, co + L);
        FloatVector c1l = FloatVector.fromArray(F, c, r1);
        FloatVector c1r = FloatVector.fromArray(F, c, r1 + L);
        FloatVector c2l = FloatVector.fromArray(F, c, r2);
        FloatVector c2r = FloatVector.fromArray(F, c, r2 + L);
        FloatVector c3l = FloatVector.fromArray(F, c, r3);
        FloatVector c3r = FloatVector.fromArray(F, c, r3 + L);
        int shift = ao - bo;
        int end = bo + n * PANEL;
        for (int p = bo; p < end; p += PANEL) {
            FloatVector left = FloatVector.fromArray(F, b, p);
            FloatVector right = FloatVector.fromArray(F, b, p + L);
            FloatVector x;
            x = FloatVector.broadcast(F, a[shift + p]);
            c0l = x.fma(left, c0l);
            c0r = x.fma(right, c0r);
            x = FloatVector.broadcast(F, a[shift + p + 1]);
            c1l = x.fma(left, c1l);
            c1r = x.fma(right, c1r);
            x = FloatVector.broadcast(F, a[shift + p + 2]);
            c2l = x.fma(left, c2l);
            c2r = x.fma(right, c2r);
            x = FloatVector.broadcast(F, a[shift + p + 3]);
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

    private InterleavedTile() {}
}
