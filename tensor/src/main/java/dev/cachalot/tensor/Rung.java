package dev.cachalot.tensor;

import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.util.Optional;

/** Which kernels run: each rung is judged by the one before it. */
public enum Rung {
    /** Plain loops: the specification. */
    SCALAR,
    /** jdk.incubator.vector, any CPU. */
    VECTOR,
    /**
     * Machine code written at start, for x86-64 with AVX-512 VNNI, AVX-VNNI or AVX2; the rest as
     * {@link #VECTOR}.
     */
    ASSEMBLED;

    /** The highest rung that this machine runs. */
    public static Rung fastest() {
        return ASSEMBLED.unsupported().isEmpty() ? ASSEMBLED : VECTOR;
    }

    /** A line for people: which kernels run, and why these. */
    public String reason() {
        CpuFeatures cpu = CpuFeatures.detect();
        return switch (this) {
            case SCALAR -> "scalar kernels: the plain loops that the others are judged by; slow";
            case VECTOR ->
                    "vector kernels, the JDK's vectors: "
                            + ASSEMBLED
                                    .unsupported()
                                    .map(why -> "for machine code, " + why)
                                    .orElse("asked for, though machine code would run here");
            case ASSEMBLED -> assembledReason(cpu);
        };
    }

    /** Why this machine cannot run the rung; empty where it can. */
    public Optional<String> unsupported() {
        return this == ASSEMBLED ? ProductInstructions.missing() : Optional.empty();
    }

    private static String assembledReason(CpuFeatures cpu) {
        return ProductInstructions.chosen()
                .map(
                        some ->
                                "assembled kernels, machine code for %s%s: the CPU (%s) has it%s"
                                        .formatted(
                                                some.title(),
                                                some == ProductInstructions.AVX512_VNNI
                                                                && cpu.avx512bf16()
                                                        ? " and BF16"
                                                        : "",
                                                cpu.brand(),
                                                ProductInstructions.isAskedFor()
                                                        ? ", and it was asked for"
                                                        : ""))
                .orElseGet(
                        () ->
                                "assembled kernels cannot run here: "
                                        + ProductInstructions.missing().orElse(""));
    }
}
