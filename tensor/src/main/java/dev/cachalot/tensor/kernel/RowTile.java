package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Tile.PANEL;

import jdk.incubator.vector.FloatVector;

/** One row times several panels: the product of decoding, bound by reading the weights. */
final class RowTile {

    /**
     * Adds to y[yo .. yo + 8 vectors) the products of x[xo .. xo + n) with 8 vectors of columns,
     * {@code stride} apart from panel to panel.
     */
    static void eight(float[] x, int xo, int n, float[] w, int wo, int stride, float[] y, int yo) {
        int w1 = wo + place(1, stride);
        int w2 = wo + place(2, stride);
        int w3 = wo + place(3, stride);
        int w4 = wo + place(4, stride);
        int w5 = wo + place(5, stride);
        int w6 = wo + place(6, stride);
        int w7 = wo + place(7, stride);
        FloatVector y0 = FloatVector.fromArray(F, y, yo);
        FloatVector y1 = FloatVector.fromArray(F, y, yo + L);
        FloatVector y2 = FloatVector.fromArray(F, y, yo + 2 * L);
        FloatVector y3 = FloatVector.fromArray(F, y, yo + 3 * L);
        FloatVector y4 = FloatVector.fromArray(F, y, yo + 4 * L);
        FloatVector y5 = FloatVector.fromArray(F, y, yo + 5 * L);
        FloatVector y6 = FloatVector.fromArray(F, y, yo + 6 * L);
        FloatVector y7 = FloatVector.fromArray(F, y, yo + 7 * L);
        for (int k = 0; k < n; k++) {
            FloatVector one = FloatVector.broadcast(F, x[xo + k]);
            y0 = one.fma(FloatVector.fromArray(F, w, wo + k * PANEL), y0);
            y1 = one.fma(FloatVector.fromArray(F, w, w1 + k * PANEL), y1);
            y2 = one.fma(FloatVector.fromArray(F, w, w2 + k * PANEL), y2);
            y3 = one.fma(FloatVector.fromArray(F, w, w3 + k * PANEL), y3);
            y4 = one.fma(FloatVector.fromArray(F, w, w4 + k * PANEL), y4);
            y5 = one.fma(FloatVector.fromArray(F, w, w5 + k * PANEL), y5);
            y6 = one.fma(FloatVector.fromArray(F, w, w6 + k * PANEL), y6);
            y7 = one.fma(FloatVector.fromArray(F, w, w7 + k * PANEL), y7);
        }
        y0.intoArray(y, yo);
        y1.intoArray(y, yo + L);
        y2.intoArray(y, yo + 2 * L);
        y3.intoArray(y, yo + 3 * L);
        y4.intoArray(y, yo + 4 * L);
        y5.intoArray(y, yo + 5 * L);
        y6.intoArray(y, yo + 6 * L);
        y7.intoArray(y, yo + 7 * L);
    }

    /** Distance of vector {@code v} from the first one. */
    private static int place(int v, int stride) {
        return v * L / PANEL * stride + v * L % PANEL;
    }

    private RowTile() {}
}
