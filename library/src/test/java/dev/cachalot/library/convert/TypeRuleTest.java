package dev.cachalot.library.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TypeRuleTest {
    private static final Shape MATRIX = Shape.of(512, 512);
    private final TypeRule mix = new TypeRule(TargetType.Q4_K_M, 32, false);

    @Test
    void rowsOfNumbersAndRoutersStayF32() {
        assertThat(mix.wanted("blk.3.attn_norm.weight", Shape.of(512))).isEqualTo(DType.F32);
        assertThat(mix.wanted("blk.3.ffn_gate_inp.weight", MATRIX)).isEqualTo(DType.F32);
        assertThat(mix.wanted("model.layers.3.mlp.gate.weight", MATRIX)).isEqualTo(DType.F32);
        assertThat(mix.wanted("model.layers.3.mlp.gate_proj.weight", MATRIX)).isEqualTo(DType.Q4_K);
    }

    @Test
    void theMixGivesMoreBitsToTheOutputAndToHalfOfTheValuesAndLastMatrices() {
        assertThat(mix.wanted("output.weight", MATRIX)).isEqualTo(DType.Q6_K);
        assertThat(mix.wanted("token_embd.weight", MATRIX)).isEqualTo(DType.Q4_K);
        TypeRule tied = new TypeRule(TargetType.Q4_K_M, 32, true);
        assertThat(tied.wanted("token_embd.weight", MATRIX)).isEqualTo(DType.Q6_K);
        long more =
                IntStream.range(0, 32)
                        .filter(
                                layer ->
                                        mix.wanted("blk." + layer + ".ffn_down.weight", MATRIX)
                                                == DType.Q6_K)
                        .count();
        assertThat(more).isEqualTo(16); // 4 first, 4 last, 8 of the 24 between
        assertThat(mix.wanted("blk.0.attn_v.weight", MATRIX)).isEqualTo(DType.Q6_K);
        assertThat(mix.wanted("blk.4.attn_v.weight", MATRIX)).isEqualTo(DType.Q4_K);
        assertThat(mix.wanted("blk.0.attn_q.weight", MATRIX)).isEqualTo(DType.Q4_K);
        TypeRule plain = new TypeRule(TargetType.Q4_K, 32, false);
        assertThat(plain.wanted("output.weight", MATRIX)).isEqualTo(DType.Q4_K);
    }

    @Test
    void rowsThatBlocksDoNotDivideGetSmallerBlocksOrHalves() {
        assertThat(TypeRule.fitting(DType.Q4_K, 512)).isEqualTo(DType.Q4_K);
        assertThat(TypeRule.fitting(DType.Q4_K, 160)).isEqualTo(DType.Q5_0);
        assertThat(TypeRule.fitting(DType.Q5_K, 160)).isEqualTo(DType.Q5_1);
        assertThat(TypeRule.fitting(DType.Q6_K, 160)).isEqualTo(DType.Q8_0);
        assertThat(TypeRule.fitting(DType.Q6_K, 172)).isEqualTo(DType.F16);
        assertThat(TypeRule.fitting(DType.Q4_0, 172)).isEqualTo(DType.F16);
        assertThat(TypeRule.fitting(DType.F32, 7)).isEqualTo(DType.F32);
    }
}
