package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigJsonTest {
    @TempDir Path folder = Path.of("");

    private Metadata config(String json) throws IOException {
        return ConfigJson.read(Files.writeString(folder.resolve("config.json"), json));
    }

    @Test
    void nestedKeysAreJoinedAndNullsLeftOut() throws IOException {
        Metadata config = config("{\"a\": {\"b\": {\"c\": 1.5}}, \"n\": null, \"t\": true}");
        assertThat(config.values()).containsOnlyKeys("a.b.c", "t");
        assertThat(config.requireFloat("a.b.c")).isEqualTo(1.5f);
        assertThat(config.requireBool("t")).isTrue();
    }

    @Test
    void listsOfOneKindStayLists() throws IOException {
        Metadata config = config("{\"s\":[\"x\",\"y\"],\"i\":[1,2],\"f\":[1,2.5],\"e\":[]}");
        assertThat(config.requireStringList("s")).containsExactly("x", "y");
        assertThat(config.requireIntList("i")).containsExactly(1, 2);
        assertThat(config.requireFloatList("f")).containsExactly(1f, 2.5f);
        assertThat(config.requireStringList("e")).isEqualTo(List.of());
    }

    @Test
    void otherListsAreNumbered() throws IOException {
        Metadata config = config("{\"l\":[{\"k\":1},\"x\",null]}");
        assertThat(config.values()).containsOnlyKeys("l.0.k", "l.1");
    }

    @Test
    void longKeysAroundManyNumbersDoNotFillTheHeap() {
        String outer = "k".repeat(60_000);
        StringBuilder json = new StringBuilder();
        for (int depth = 0; depth < 30; depth++) {
            json.append("{\"").append(outer).append("\":");
        }
        json.append("{\"a0\":1");
        for (int i = 1; i < 150_000; i++) {
            json.append(",\"a").append(i).append("\":1");
        }
        json.append("}".repeat(31)); // 4 MB, whose joined keys would be 270 GB
        assertThatThrownBy(() -> config(json.toString()))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("found a key of 60,000 characters that starts with 'kkk")
                .hasMessageContaining("at most 512");
    }

    @Test
    void aNumberBeyondALongIsReal() throws IOException {
        Metadata config = config("{\"big\": 1267650600228229401496703205376}");
        assertThat(config.requireFloat("big")).isEqualTo(0x1p100f);
    }
}
