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
                .contains(assembled ? "asked for" : "it needs AVX2");
        assertThat(Rung.ASSEMBLED.reason())
                .contains(assembled ? "machine code for AVX" : "cannot run here");
        assertThat(Rung.fastest()).isEqualTo(assembled ? Rung.ASSEMBLED : Rung.VECTOR);
    }
}
