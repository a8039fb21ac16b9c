package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelStoreTest {
    @TempDir private Path installation;
    @TempDir private Path home;

    @BeforeEach
    void makeFolders() throws Exception {
        Files.createDirectories(installation.resolve("models"));
        Files.createDirectories(home.resolve("models"));
    }

    private ModelStore store() {
        return new ModelStore(installation, home);
    }

    @Test
    void withoutANameItIsTheEmbeddedModel() throws Exception {
        Path file = Files.createFile(installation.resolve("models/cachalot-v0.gguf"));
        assertThat(store().resolve(Optional.empty())).isEqualTo(file);
        assertThat(store().resolve(Optional.of("cachalot-v0"))).isEqualTo(file);
    }

    @Test
    void aMissingEmbeddedModelSaysHowToGetIt() {
        assertThatThrownBy(() -> store().resolve(Optional.empty()))
                .isInstanceOf(ModelNotFoundException.class)
                .hasMessageContaining("embedded model is missing")
                .hasMessageContaining("./cachalot train recipes/cachalot-v0.json");
    }

    @Test
    void aPathComesBeforeAName() throws Exception {
        Path file = Files.createFile(installation.resolve("some model.gguf"));
        assertThat(store().resolve(Optional.of(file.toString()))).isEqualTo(file);
        assertThat(store().resolve(Optional.of(installation.toString()))).isEqualTo(installation);
    }

    @Test
    void namesAreThoseOfFilesAndFoldersInTheUsersOwnFolder() throws Exception {
        Path file = Files.createFile(home.resolve("models/blue.gguf"));
        Path folder = Files.createDirectory(home.resolve("models/grey"));
        assertThat(store().resolve(Optional.of("blue"))).isEqualTo(file);
        assertThat(store().resolve(Optional.of("blue.gguf"))).isEqualTo(file);
        assertThat(store().resolve(Optional.of("grey"))).isEqualTo(folder);
        assertThat(store().names()).containsExactly("blue", "grey");
    }

    @Test
    void shortNamesOfTheHubAndFoldersWithSplitSetsAreFound() throws Exception {
        Path file = Files.createFile(home.resolve("models/deepseek-r1-1.5b.gguf"));
        Path folder = Files.createDirectory(home.resolve("models/large"));
        Files.createFile(folder.resolve("l-00002-of-00002.gguf"));
        Path first = Files.createFile(folder.resolve("l-00001-of-00002.gguf"));
        Files.createDirectory(home.resolve("models/half.part"));
        Files.createFile(home.resolve("models/.hidden"));
        assertThat(store().resolve(Optional.of("deepseek-r1:1.5b"))).isEqualTo(file);
        assertThat(store().resolve(Optional.of("large"))).isEqualTo(first);
        assertThat(store().names()).containsExactly("deepseek-r1-1.5b", "large");
    }

    @Test
    void anUnknownNameListsTheKnownOnes() throws Exception {
        Files.createFile(home.resolve("models/blue.gguf"));
        for (String name : new String[] {"white", "", "a\0b"}) {
            assertThatThrownBy(() -> store().resolve(Optional.of(name)))
                    .isInstanceOf(ModelNotFoundException.class)
                    .hasMessageContaining("no model '" + name + "'")
                    .hasMessageContaining("(blue)");
        }
    }
}
