package dev.cachalot.tensor;

import dev.cachalot.tensor.assembly.CpuFeatures;
import java.util.Optional;

/** Which kernels run: each rung is judged by the one before it. */
public enum Rung {
    /** Plain loops: the specification. */
    SCALAR,
    /** jdk.incubator.vector, any CPU. */
    VECTOR,
    /** Machine code written at start, for x86-64 with AVX-512 VNNI; the rest as {@link #VECTOR}. */
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
            case ASSEMBLED ->
                    "assembled kernels, machine code for AVX-512 VNNI%s: the CPU (%s) has it"
                            .formatted(cpu.avx512bf16() ? " and BF16" : "", cpu.brand());
        };
    }

    /** Why this machine cannot run the rung; empty where it can. */
    public Optional<String> unsupported() {
        if (this != ASSEMBLED || CpuFeatures.detect().runsAvx512Vnni()) {
            return Optional.empty();
        }
        return Optional.of("it needs AVX-512 VNNI; this CPU is " + CpuFeatures.detect().brand());
    }
}
