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

    /** Why this machine cannot run the rung; empty where it can. */
    public Optional<String> unsupported() {
        if (this != ASSEMBLED || CpuFeatures.detect().runsAvx512Vnni()) {
            return Optional.empty();
        }
        return Optional.of("it needs AVX-512 VNNI; this CPU is " + CpuFeatures.detect().brand());
    }
}
