package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RungTest {
    @Test
    void eachRungSaysWhatRunsAndWhy() {
        assertThat(Rung.SCALAR.reason()).startsWith("scalar kernels");
        boolean assembled = Rung.ASSEMBLED.unsupported().isEmpty();
        assertThat(Rung.VECTOR.reason())
                .startsWith("vector kernels")
                .contains(assembled ? "asked for" : "it needs AVX-512 VNNI");
        assertThat(Rung.ASSEMBLED.reason()).contains("machine code for AVX-512 VNNI");
        assertThat(Rung.fastest()).isEqualTo(assembled ? Rung.ASSEMBLED : Rung.VECTOR);
    }
}
