package dev.cachalot.tensor.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;

/**
 * A loop of nothing but multiply-adds.
 *
 * @param says what it runs, in words
 * @param done multiply-adds of a call, by its iterations
 * @param loop runs that many iterations; the result depends on all of them
 */
public record ArithmeticCeiling(
        Numbers numbers, String says, IntToLongFunction done, IntToDoubleFunction loop) {

    /** What is multiplied. */
    public enum Numbers {
        /** Floats of 32 bits. */
        FP32,
        /** Whole numbers of 8 bits, summed in 32, or in 16 where a CPU has nothing better. */
        INT8,
        /** Floats of 16 bits with 8 of exponent, summed in 32. */
        BF16
    }

    /** All loops for these numbers that run on this machine. */
    public static List<ArithmeticCeiling> of(Numbers numbers) {
        List<ArithmeticCeiling> all = new ArrayList<>(VectorArithmetic.all());
        all.addAll(CeilingCode.arithmetic());
        return all.stream().filter(each -> each.numbers == numbers).toList();
    }
}
