package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Lanes.F;
import static dev.cachalot.tensor.kernel.Lanes.L;
import static dev.cachalot.tensor.kernel.Lanes.first;
import static dev.cachalot.tensor.kernel.Lanes.load;
import static dev.cachalot.tensor.kernel.Lanes.splat;
import static dev.cachalot.tensor.kernel.Lanes.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Arithmetic on runs of {@code n} floats at byte offsets of memory segments. */
final class Runs {
    private static final VectorSpecies<Double> D = VectorSpecies.of(double.class, F.vectorShape());

    static void copy(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
        if (n > 256) {
            MemorySegment.copy(x, xAt, y, yAt, 4L * n); // worth the call
            return;
        }
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(x, xAt + 4L * i), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            store(load(x, xAt + 4L * i, rest), y, yAt + 4L * i, rest);
        }
    }

    /** y += x. */
    static void add(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(y, yAt + 4L * i).add(load(x, xAt + 4L * i)), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector sum = load(y, yAt + 4L * i, rest).add(load(x, xAt + 4L * i, rest));
            store(sum, y, yAt + 4L * i, rest);
        }
    }

    /** y += factor * x, one rounding. */
    static void addScaled(
            float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
        FloatVector f = splat(factor);
        int i = 0;
        for (; i <= n - L; i += L) {
            store(f.fma(load(x, xAt + 4L * i), load(y, yAt + 4L * i)), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector sum = f.fma(load(x, xAt + 4L * i, rest), load(y, yAt + 4L * i, rest));
            store(sum, y, yAt + 4L * i, rest);
        }
    }

    /** y = factor * x. */
    static void scaled(float factor, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
        int i = 0;
        for (; i <= n - L; i += L) {
            store(load(x, xAt + 4L * i).mul(factor), y, yAt + 4L * i);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            store(load(x, xAt + 4L * i, rest).mul(factor), y, yAt + 4L * i, rest);
        }
    }

    /** The sum of x times y, in double. */
    static double dot(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
        DoubleVector low = DoubleVector.zero(D);
        DoubleVector high = DoubleVector.zero(D);
        int i = 0;
        for (; i <= n - L; i += L) {
            FloatVector a = load(x, xAt + 4L * i);
            FloatVector b = load(y, yAt + 4L * i);
            low = wide(a, 0).fma(wide(b, 0), low);
            high = wide(a, 1).fma(wide(b, 1), high);
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector a = load(x, xAt + 4L * i, rest);
            FloatVector b = load(y, yAt + 4L * i, rest);
            low = wide(a, 0).fma(wide(b, 0), low);
            high = wide(a, 1).fma(wide(b, 1), high);
        }
        return sumOfLanes(low.add(high));
    }

    /**
     * As above, of arrays, to the bit; numbers after {@code n}, up to a whole vector, are 0. In
     * plain Java, whose products of two floats are exact in double too: at a start the vectors'
     * widening runs uncompiled, and took a good part of the first pass.
     */
    static double dot(float[] x, float[] y, int n) {
        double[] lanes = new double[L];
        for (int i = 0; i < n; i += L) {
            for (int lane = 0; lane < L; lane++) {
                lanes[lane] += (double) x[i + lane] * y[i + lane];
            }
        }
        double sum = 0;
        for (int lane = 0; lane < L / 2; lane++) {
            sum += lanes[lane] + lanes[lane + L / 2];
        }
        return sum;
    }

    /**
     * The lanes added up, first to last. {@code reduceLanes} leaves the order open: interpreted and
     * compiled code choose different ones, so a result would depend on when it was compiled.
     */
    private static double sumOfLanes(DoubleVector x) {
        double sum = 0;
        for (double lane : x.toArray()) {
            sum += lane;
        }
        return sum;
    }

    /** y = factor * x, of arrays with room for whole vectors. */
    static void scaled(float factor, float[] x, float[] y, int n) {
        for (int i = 0; i < n; i += L) {
            FloatVector.fromArray(F, x, i).mul(factor).intoArray(y, i);
        }
    }

    private static DoubleVector wide(FloatVector x, int half) {
        return (DoubleVector) x.convertShape(VectorOperators.F2D, D, half);
    }

    /** The largest number; minus infinity for none. */
    static float largest(MemorySegment x, long at, int n) {
        IntVector most = Lanes.ordered(splat(Float.NEGATIVE_INFINITY));
        int i = 0;
        for (; i <= n - L; i += L) {
            most = most.max(Lanes.ordered(load(x, at + 4L * i)));
        }
        if (i < n) {
            VectorMask<Float> rest = first(n - i);
            FloatVector last =
                    splat(Float.NEGATIVE_INFINITY).blend(load(x, at + 4L * i, rest), rest);
            most = most.max(Lanes.ordered(last));
        }
        int bits = most.reduceLanes(VectorOperators.MAX);
        return Float.intBitsToFloat(bits ^ (bits >> 31 & 0x7fffffff));
    }

    private Runs() {}
}
