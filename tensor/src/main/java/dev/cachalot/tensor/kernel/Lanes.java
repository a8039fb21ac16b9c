package dev.cachalot.tensor.kernel;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector shape of this process, and loads and stores on memory segments. The system property
 * {@code cachalot.vector.bits} (128, 256, 512) forces a width, for tests.
 */
final class Lanes {
    static final VectorSpecies<Float> F = floats();
    static final VectorSpecies<Integer> I = F.withLanes(int.class);

    /** Numbers in a vector: 4, 8 or 16. */
    static final int L = F.length();

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private static VectorSpecies<Float> floats() {
        int bits = Integer.getInteger("cachalot.vector.bits", 0);
        VectorSpecies<Float> preferred = FloatVector.SPECIES_PREFERRED;
        if (bits == 0) {
            bits = Math.clamp(preferred.vectorBitSize(), 128, 512);
        }
        return switch (bits) {
            case 128 -> FloatVector.SPECIES_128;
            case 256 -> FloatVector.SPECIES_256;
            case 512 -> FloatVector.SPECIES_512;
            default ->
                    throw new IllegalArgumentException(
                            "cachalot.vector.bits is " + bits + "; expected 128, 256 or 512");
        };
    }

    static FloatVector load(MemorySegment from, long at) {
        return FloatVector.fromMemorySegment(F, from, at, ORDER);
    }

    /** Lanes outside the mask are 0 and not read. */
    static FloatVector load(MemorySegment from, long at, VectorMask<Float> lanes) {
        return FloatVector.fromMemorySegment(F, from, at, ORDER, lanes);
    }

    static void store(FloatVector vector, MemorySegment to, long at) {
        vector.intoMemorySegment(to, at, ORDER);
    }

    static void store(FloatVector vector, MemorySegment to, long at, VectorMask<Float> lanes) {
        vector.intoMemorySegment(to, at, ORDER, lanes);
    }

    /** The first {@code count} lanes. */
    static VectorMask<Float> first(int count) {
        return F.indexInRange(0, count);
    }

    // exp: Cody and Waite's reduction by ln 2 in two parts, then a minimax polynomial of degree 6
    // (the coefficients of Cephes' expf); at most about 1 ulp from the exact value
    static final float LOG2_E = 1.442695f;
    static final float LN2_HIGH = 0.6933594f;
    static final float LN2_LOW = -2.12194440e-4f;
    private static final float ROUND = 12582912f; // 1.5 * 2^23: adding it rounds to an integer

    /**
     * e to the x, lane by lane, over the whole range: 0 below -104, infinity above 89, NaN for NaN.
     * Every kernel of this rung takes its exponentials here.
     */
    static FloatVector exp(FloatVector x) {
        // blends, for max and min of this API take care of NaN and -0 at many times the cost
        FloatVector clamped = x.blend(-104f, x.lt(-104f));
        clamped = clamped.blend(89f, clamped.compare(VectorOperators.GT, 89f));
        FloatVector shifted = clamped.fma(splat(LOG2_E), splat(ROUND));
        FloatVector n = shifted.sub(ROUND);
        FloatVector r = n.fma(splat(-LN2_HIGH), clamped);
        r = n.fma(splat(-LN2_LOW), r);
        FloatVector p = splat(1.9875691e-4f);
        p = p.fma(r, splat(1.3981999e-3f));
        p = p.fma(r, splat(8.333452e-3f));
        p = p.fma(r, splat(4.1665796e-2f));
        p = p.fma(r, splat(1.6666666e-1f));
        p = p.fma(r, splat(0.5f));
        FloatVector y = p.fma(r.mul(r), r).add(1f);
        // 2^n in two factors, so that subnormal results and 2^128 come out right; both exponents
        // are biased by 127
        IntVector biased = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND) - 254);
        IntVector half = biased.lanewise(VectorOperators.LSHR, 1);
        return y.mul(power(half)).mul(power(biased.sub(half)));
    }

    private static FloatVector power(IntVector biased) {
        return biased.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    }

    /**
     * The bits of floats as integers of the same order: an integer maximum costs one instruction,
     * one of floats several. A NaN is beyond infinity.
     */
    static IntVector ordered(FloatVector x) {
        IntVector bits = x.reinterpretAsInts();
        return bits.lanewise(
                VectorOperators.XOR,
                bits.lanewise(VectorOperators.ASHR, 31).lanewise(VectorOperators.AND, 0x7fffffff));
    }

    /** The floats that {@link #ordered} was made of: it is its own inverse. */
    static FloatVector floats(IntVector ordered) {
        return ordered(ordered.reinterpretAsFloats()).reinterpretAsFloats();
    }

    static FloatVector splat(float value) {
        return FloatVector.broadcast(F, value);
    }

    private Lanes() {}
}
