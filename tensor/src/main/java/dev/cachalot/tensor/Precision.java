package dev.cachalot.tensor;

import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.util.Optional;

/**
 * What the factors of a training run's products are rounded to. Weights, gradients, moments and
 * everything between products are F32 in both; sums are F32.
 */
public enum Precision {
    /** Not at all: one chain of fused multiply-adds of F32, the same bits on every rung. */
    FP32,
    /**
     * To BF16, the nearest, ties to even, forward and in both gradients: vdpbf16ps on the assembled
     * rung. The instruction ignores the thread's rounding mode, reads numbers too small to be
     * normal as zero and gives zero for such sums.
     */
    BF16;

    /** Why the rung's products cannot have it on this machine; empty where they can. */
    public Optional<String> unsupported(Rung rung) {
        if (this == FP32) {
            return Optional.empty();
        }
        if (rung != Rung.ASSEMBLED) {
            return Optional.of("products of BF16 are on the assembled rung, this is " + rung);
        }
        CpuFeatures cpu = CpuFeatures.detect();
        if (!cpu.avx512bf16()) {
            return Optional.of("it needs AVX-512 BF16; this CPU is " + cpu.brand());
        }
        return ProductInstructions.chosen()
                .filter(chosen -> chosen != ProductInstructions.AVX512_VNNI)
                .map(
                        chosen ->
                                "it needs AVX-512 BF16, and %s is '%s'"
                                        .formatted(ProductInstructions.PROPERTY, chosen.word()));
    }
}
