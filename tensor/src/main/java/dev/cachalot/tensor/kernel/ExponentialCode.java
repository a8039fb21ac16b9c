package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.Vec.zmm;

import dev.cachalot.tensor.assembly.Assembler;
import dev.cachalot.tensor.assembly.Mask;
import dev.cachalot.tensor.assembly.Mem;
import dev.cachalot.tensor.assembly.Vec;

/**
 * Writes e to the power of a vector: the polynomial of {@link Lanes#exp}, 0 below -87, infinity
 * above 89, a NaN for a NaN. Its constants stay in registers from {@link #FIRST} on.
 */
final class ExponentialCode {
    /** The first of the registers that hold constants: all from there on but the last few. */
    static final int FIRST = 16;

    private static final float[] VALUES = {
        -104,
        -87,
        Lanes.LOG2_E,
        Lanes.LN2_HIGH,
        Lanes.LN2_LOW,
        1.9875691e-4f,
        1.3981999e-3f,
        8.333452e-3f,
        4.1665796e-2f,
        1.6666666e-1f,
        0.5f,
        1,
        89
    };

    private static final int NOT_LESS_OR_EQUAL = 6; // a predicate of vcmpps

    private final Assembler to;
    private final Vec n;
    private final Vec p;
    private final Vec square;
    private final Mask mask;

    /** Code that may write these three vectors and the mask. */
    ExponentialCode(Assembler to, Vec n, Vec p, Vec square, Mask mask) {
        this.to = to;
        this.n = n;
        this.p = p;
        this.square = square;
        this.mask = mask;
    }

    /** Loads the constants from where {@link #data} puts them. */
    void constants(Mem data) {
        for (int i = 0; i < VALUES.length; i++) {
            to.vbroadcastss(constant(i), data.plus(4 * i));
        }
    }

    /** The constants, behind the code. */
    void data() {
        to.dataFloats(VALUES);
    }

    /** The constant 1. */
    static Vec one() {
        return constant(11);
    }

    private static Vec constant(int i) {
        return zmm(FIRST + i);
    }

    /** {@code x = exp(x)}. */
    void write(Vec x) {
        to.vmaxps(x, constant(0), x); // of two, the second where one is a NaN
        to.vminps(x, constant(12), x);
        to.vcmpps(mask, x, constant(1), NOT_LESS_OR_EQUAL);
        to.vmulps(n, x, constant(2));
        to.vrndscaleps(n, n, 0);
        to.vfnmadd231ps(x, n, constant(3));
        to.vfnmadd231ps(x, n, constant(4));
        to.vmovups(p, constant(5));
        for (int i = 6; i < 11; i++) {
            to.vfmadd213ps(p, x, constant(i));
        }
        to.vmulps(square, x, x);
        to.vfmadd213ps(p, square, x);
        to.vaddps(p, p, one());
        to.vscalefps(p, p, n);
        to.vmovups(x.zeroed(mask), p);
    }
}
