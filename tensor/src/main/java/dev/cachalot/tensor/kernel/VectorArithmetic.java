package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.kernel.ArithmeticCeiling.Numbers;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops of nothing but multiply-adds, as fast as Java can make this machine do them. Twelve
 * accumulators hide the latency of the two or more units of any CPU (4 or 5 cycles each) and, with
 * the operands, fit into 16 registers.
 */
final class VectorArithmetic {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final int ACCUMULATORS = 12;
    private static final int WEIGHTS = 64; // vectors of weights: they stay in the first cache

    /** Both loops. */
    static List<ArithmeticCeiling> all() {
        short[] weights = weights();
        return List.of(
                new ArithmeticCeiling(
                        Numbers.FP32,
                        "vector code",
                        VectorArithmetic::floatsDone,
                        VectorArithmetic::floats),
                new ArithmeticCeiling(
                        Numbers.INT8,
                        "vector code in 16-bit lanes",
                        VectorArithmetic::shortsDone,
                        iterations -> shorts(weights, iterations)));
    }

    /** Multiply-adds of one call of {@link #floats}. */
    private static long floatsDone(int iterations) {
        return (long) iterations * ACCUMULATORS * FLOATS.length();
    }

    /** Multiply-adds of one call of {@link #shorts}. */
    private static long shortsDone(int iterations) {
        return (long) iterations * ACCUMULATORS * SHORTS.length();
    }

    /** Fused multiply-adds of floats, in registers only. */
    private static double floats(int iterations) {
        FloatVector x = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector y = FloatVector.broadcast(FLOATS, 0.25f);
        FloatVector a = x;
        FloatVector b = y;
        FloatVector c = x;
        FloatVector d = y;
        FloatVector e = x;
        FloatVector f = y;
        FloatVector g = x;
        FloatVector h = y;
        FloatVector i = x;
        FloatVector j = y;
        FloatVector k = x;
        FloatVector l = y;
        for (int n = 0; n < iterations; n++) {
            a = x.fma(y, a);
            b = x.fma(y, b);
            c = x.fma(y, c);
            d = x.fma(y, d);
            e = x.fma(y, e);
            f = x.fma(y, f);
            g = x.fma(y, g);
            h = x.fma(y, h);
            i = x.fma(y, i);
            j = x.fma(y, j);
            k = x.fma(y, k);
            l = x.fma(y, l);
        }
        FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
        return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
    }

    /** Weights for {@link #shorts}. */
    private static short[] weights() {
        short[] weights = new short[WEIGHTS * SHORTS.length()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (short) (i % 16 - 8);
        }
        return weights;
    }

    /**
     * Products of small integers summed in 16-bit lanes: four vectors of weights against three
     * activations. Widening to 32 bits, due once a block, is left out: a ceiling, not a kernel.
     */
    private static double shorts(short[] weights, int iterations) {
        ShortVector x = ShortVector.broadcast(SHORTS, weights[1]);
        ShortVector y = ShortVector.broadcast(SHORTS, weights[2]);
        ShortVector z = ShortVector.broadcast(SHORTS, weights[3]);
        ShortVector a = ShortVector.zero(SHORTS);
        ShortVector b = a;
        ShortVector c = a;
        ShortVector d = a;
        ShortVector e = a;
        ShortVector f = a;
        ShortVector g = a;
        ShortVector h = a;
        ShortVector i = a;
        ShortVector j = a;
        ShortVector k = a;
        ShortVector l = a;
        int lanes = SHORTS.length();
        for (int n = 0; n < iterations; n++) {
            int at = n % (WEIGHTS / 4) * 4 * lanes;
            ShortVector w = ShortVector.fromArray(SHORTS, weights, at);
            a = a.add(w.mul(x));
            b = b.add(w.mul(y));
            c = c.add(w.mul(z));
            w = ShortVector.fromArray(SHORTS, weights, at + lanes);
            d = d.add(w.mul(x));
            e = e.add(w.mul(y));
            f = f.add(w.mul(z));
            w = ShortVector.fromArray(SHORTS, weights, at + 2 * lanes);
            g = g.add(w.mul(x));
            h = h.add(w.mul(y));
            i = i.add(w.mul(z));
            w = ShortVector.fromArray(SHORTS, weights, at + 3 * lanes);
            j = j.add(w.mul(x));
            k = k.add(w.mul(y));
            l = l.add(w.mul(z));
        }
        ShortVector sum = a.add(b).add(c).add(d).add(e).add(f);
        return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
    }

    private VectorArithmetic() {}
}
