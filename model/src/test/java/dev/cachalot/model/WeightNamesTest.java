package dev.cachalot.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WeightNamesTest {

    @Test
    void everyNameComesBackFromTheOtherDialect() {
        WeightNames.ggufTop()
                .forEach(
                        (name, gguf) -> {
                            assertThat(WeightNames.findGguf(name)).contains(gguf);
                            assertThat(WeightNames.findHuggingFace(gguf)).contains(name);
                        });
        WeightNames.ggufLayer()
                .forEach(
                        (name, gguf) -> {
                            assertThat(WeightNames.findGguf("model.layers.61." + name))
                                    .contains("blk.61." + gguf);
                            assertThat(WeightNames.findHuggingFace("blk.61." + gguf))
                                    .contains("model.layers.61." + name);
                        });
        assertThat(WeightNames.ggufLayer().values()).doesNotHaveDuplicates();
    }

    @Test
    void expertsLieInStacksOfTheirKind() {
        String name = "model.layers.3.mlp.experts.17.down_proj.weight";
        assertThat(WeightNames.findStack(name))
                .contains(new WeightNames.Stacked("blk.3.ffn_down_exps.weight", 17));
        assertThat(WeightNames.findExpert("blk.3.ffn_down_exps.weight", 17)).contains(name);
        assertThat(WeightNames.findGguf(name)).isEmpty();
        assertThat(WeightNames.findHuggingFace("blk.3.ffn_down_exps.weight")).isEmpty();
    }

    @Test
    void namesThatNoModelHasAreNotKnown() {
        for (String name :
                new String[] {
                    "",
                    "model.layers.",
                    "model.layers.x.input_layernorm.weight",
                    "model.layers.1input_layernorm.weight",
                    "model.layers.1.mlp.experts.a.up_proj.weight",
                    "model.layers.1.mlp.experts.99999999999.up_proj.weight",
                    "model.layers.1.mlp.experts.1.side_proj.weight",
                    "model.layers.1.mlp.experts.1.up_proj.weight_scale_inv",
                    "blk.1.attn_norm.weight"
                }) {
            assertThat(WeightNames.findGguf(name)).as(name).isEmpty();
            assertThat(WeightNames.findStack(name)).as(name).isEmpty();
        }
        assertThat(WeightNames.findHuggingFace("blk.1.nothing")).isEmpty();
        assertThat(WeightNames.findExpert("blk.1.ffn_gate.weight", 0)).isEmpty();
    }
}
