package dev.cachalot.library.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelReferenceTest {

    @Test
    void fileAndRevisionMayBeLeftOut() {
        assertThat(ModelReference.parse("org/name"))
                .isEqualTo(new ModelReference("org/name", Optional.empty(), "main"));
        assertThat(ModelReference.parse("org/name:Q4_K_M"))
                .isEqualTo(new ModelReference("org/name", Optional.of("Q4_K_M"), "main"));
        assertThat(ModelReference.parse("org/name:sub/a b.gguf".replace(" ", "-") + "@v1"))
                .isEqualTo(new ModelReference("org/name", Optional.of("sub/a-b.gguf"), "v1"));
        assertThat(ModelReference.parse("org/name@refs/pr/3:f"))
                .isEqualTo(new ModelReference("org/name", Optional.of("f"), "refs/pr/3"));
    }

    @Test
    void whatIsNoReferenceIsRefusedWithExamples() {
        for (String text :
                List.of(
                        "",
                        "name",
                        "a/b/c",
                        "/b",
                        "a/",
                        "../b",
                        "a/..",
                        "a b/c",
                        "a/b@",
                        "a/b:",
                        "a/b@1:f@2",
                        "a/b@..",
                        "https://h/a/b",
                        "-a/b",
                        "a/b\n",
                        "a".repeat(600) + "/b")) {
            assertThatThrownBy(() -> ModelReference.parse(text))
                    .as(text)
                    .isInstanceOf(HubException.class)
                    .hasMessageContaining("org/name:file");
        }
    }

    @Test
    void everyShortNameIsAReferenceAndAFileName() {
        assertThat(Catalogue.names())
                .contains("deepseek-r1:1.5b", "deepseek-v2-lite", "qwen3:0.6b");
        for (String name : Catalogue.names()) {
            assertThat(Catalogue.find(name)).isPresent();
            assertThat(Catalogue.localName(name)).matches("[a-z0-9.-]+");
        }
    }

    @Test
    void theEnvironmentNamesHubAndToken() {
        HubSettings mirror =
                HubSettings.of(
                        Map.of("HF_ENDPOINT", "http://a", "CACHALOT_HUB", "https://b:8443/hf/"));
        assertThat(mirror.endpoint()).isEqualTo(URI.create("https://b:8443/hf"));
        assertThat(mirror.token()).isEmpty();
        assertThat(HubSettings.of(Map.of("HF_ENDPOINT", "http://a", "HF_TOKEN", " t ")).token())
                .contains("t");
        assertThat(HubSettings.of(Map.of()).endpoint().getScheme()).isEqualTo("https");
        for (String wrong : List.of("file:/etc", "b", "https://", "https://u:p@h", "ht tp://a")) {
            assertThatThrownBy(() -> HubSettings.of(Map.of("CACHALOT_HUB", wrong)))
                    .as(wrong)
                    .isInstanceOf(HubException.class);
        }
        assertThatThrownBy(() -> HubSettings.of(Map.of("HF_TOKEN", "a\nb")))
                .isInstanceOf(HubException.class)
                .hasMessageNotContaining("a\nb");
    }

    @Test
    void theTokensHostIsTheHubWithItsPort() {
        HubSettings hub = new HubSettings(URI.create("https://Hub:443"), Optional.empty());
        assertThat(hub.isOwn(URI.create("https://hub/x"))).isTrue();
        for (String other : List.of("http://hub/x", "https://hub:8443/x", "https://hub.evil/x")) {
            assertThat(hub.isOwn(URI.create(other))).as(other).isFalse();
        }
    }

    @Test
    void sizesHaveThreeDigits() {
        assertThat(
                        List.of(
                                Sizes.shown(0),
                                Sizes.shown(999),
                                Sizes.shown(1_117_000_000),
                                Sizes.shown(999_999),
                                Sizes.shown(45_600_000)))
                .containsExactly("0 B", "999 B", "1.12 GB", "1.00 MB", "45.6 MB");
    }
}
