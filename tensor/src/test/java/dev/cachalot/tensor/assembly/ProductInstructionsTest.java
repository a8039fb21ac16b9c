package dev.cachalot.tensor.assembly;

import static dev.cachalot.tensor.assembly.ProductInstructions.AVX2;
import static dev.cachalot.tensor.assembly.ProductInstructions.AVX512_VNNI;
import static dev.cachalot.tensor.assembly.ProductInstructions.AVX_VNNI;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.assembly.ProductInstructions.Choice;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ProductInstructionsTest {
    private static final CpuFeatures ZEN_3 = cpu("Zen 3", false, false);
    private static final CpuFeatures ALDER_LAKE = cpu("Alder Lake", true, false);
    private static final CpuFeatures ICE_LAKE = cpu("Ice Lake", false, true);
    private static final CpuFeatures ZEN_5 = cpu("Zen 5", true, true);

    private static CpuFeatures cpu(String brand, boolean avxVnni, boolean wide) {
        return new CpuFeatures(
                brand, 0, true, true, true, avxVnni, wide, wide, wide, wide, wide, wide, wide);
    }

    @Test
    void theBestThatTheCpuHasIsChosen() {
        assertThat(Choice.of(null, ZEN_3).instructions()).containsExactly(AVX2);
        assertThat(Choice.of(null, ALDER_LAKE).instructions()).containsExactly(AVX_VNNI, AVX2);
        assertThat(Choice.of(null, ICE_LAKE).instructions()).containsExactly(AVX512_VNNI, AVX2);
        assertThat(Choice.of(null, ZEN_5).instructions())
                .containsExactly(AVX512_VNNI, AVX_VNNI, AVX2);
    }

    @Test
    void thePropertyHoldsTheChoiceDown() {
        assertThat(Choice.of("avx2", ZEN_5)).isEqualTo(new Choice(List.of(AVX2), ""));
        assertThat(Choice.of("avx-vnni", ZEN_5).instructions()).containsExactly(AVX_VNNI);
        assertThat(Choice.of("avx512", ZEN_5).instructions()).containsExactly(AVX512_VNNI);
    }

    @Test
    void whatTheCpuLacksIsRefusedWithWhatItHas() {
        assertThat(Choice.of("avx512", ALDER_LAKE).why())
                .isEqualTo(
                        "cachalot.instructions is 'avx512';"
                                + " this CPU (Alder Lake) has avx-vnni, avx2");
        assertThat(Choice.of("sse", ZEN_3).why()).contains("is 'sse'").contains("has avx2");
        CpuFeatures old = CpuFeatures.none("an old CPU");
        assertThat(Choice.of(null, old).why())
                .isEqualTo("it needs AVX2 with FMA, or AVX-512 VNNI; this CPU is an old CPU");
        assertThat(Choice.of(null, old).instructions()).isEmpty();
    }

    @Test
    void thisProcessHasInstructionsOrAReasonWhyNot() {
        assertThat(ProductInstructions.chosen().isPresent())
                .isNotEqualTo(ProductInstructions.missing().isPresent());
        ProductInstructions.chosen().ifPresent(some -> assertThat(some.isSupported()).isTrue());
    }
}
