package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.checkpoint.MetadataValue.Whole;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MetadataTest {
    private final Metadata metadata =
            Metadata.builder()
                    .string("general.name", "whale")
                    .u32("deepseek2.block_count", 27)
                    .f32("deepseek2.rope.freq_base", 1e4f)
                    .bool("deepseek2.expert_weights_norm", true)
                    .put("deepseek2.big", new Whole(MetadataType.U64, -1))
                    .stringList("tokens", List.of("a", "b"))
                    .i32List("types", List.of(1, -3))
                    .f32List("scores", List.of(0.5f))
                    .build();

    @Test
    void eachTypeIsFound() {
        assertThat(metadata.requireString("general.name")).isEqualTo("whale");
        assertThat(metadata.requireInt("deepseek2.block_count")).isEqualTo(27);
        assertThat(metadata.requireLong("deepseek2.block_count")).isEqualTo(27L);
        assertThat(metadata.requireFloat("deepseek2.block_count")).isEqualTo(27f);
        assertThat(metadata.requireFloat("deepseek2.rope.freq_base")).isEqualTo(1e4f);
        assertThat(metadata.requireBool("deepseek2.expert_weights_norm")).isTrue();
        assertThat(metadata.requireStringList("tokens")).containsExactly("a", "b");
        assertThat(metadata.requireIntList("types")).containsExactly(1, -3);
        assertThat(metadata.requireFloatList("scores")).containsExactly(0.5f);
        assertThat(metadata.findInt("absent")).isEqualTo(OptionalInt.empty());
        assertThat(metadata.findStringList("absent")).isEmpty();
    }

    @Test
    void anAbsentKeyIsNamedWithTheNearest() {
        assertThatThrownBy(() -> metadata.requireInt("deepseek2.blockcount"))
                .isInstanceOf(MetadataException.class)
                .hasMessage(
                        "new metadata: key 'deepseek2.blockcount' (a whole number of 32 bits) is"
                                + " missing; the nearest known key is 'deepseek2.block_count'");
    }

    @Test
    void aKeyOfAnotherTypeIsNamedWithBothTypes() {
        assertThatThrownBy(() -> metadata.findInt("general.name"))
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining(
                        "key 'general.name' holds STRING \"whale\", expected a whole number of 32"
                                + " bits");
        assertThatThrownBy(() -> metadata.requireStringList("types"))
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining(
                        "key 'types' holds ARRAY of 2 I32, expected a list of strings");
        assertThatThrownBy(() -> metadata.requireInt("deepseek2.rope.freq_base"))
                .hasMessageContaining("holds F32 10000.0, expected a whole number");
    }

    @Test
    void aNumberBeyondTheAskedWidthIsRefused() {
        assertThatThrownBy(() -> metadata.requireLong("deepseek2.big"))
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("holds U64 18446744073709551615");
        Metadata wide = Metadata.builder().i64("k", 1L << 31).build();
        assertThatThrownBy(() -> wide.requireInt("k")).hasMessageContaining("holds I64 2147483648");
    }

    @Test
    void valuesThatDoNotFitTheirTypeAreRefused() {
        assertThatThrownBy(() -> new Whole(MetadataType.U8, 256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("256 is no whole number of type U8");
        assertThatThrownBy(() -> Metadata.builder().u32("k", -1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
