package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.cachalot.checkpoint.GgufWriter;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.library.InstalledModels.Installed;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledModelsTest {
    @TempDir private Path installation;
    @TempDir private Path home;

    private InstalledModels models() {
        return new InstalledModels(new ModelStore(installation, home));
    }

    private Path folder() throws Exception {
        return Files.createDirectories(home.resolve("models"));
    }

    @Test
    void nothingIsThereAtFirst() throws Exception {
        assertThat(models().list()).isEmpty();
        assertThatThrownBy(() -> models().remove("a")).isInstanceOf(ModelNotFoundException.class);
    }

    @Test
    void listedAreNameSizeKindAndPlace() throws Exception {
        Path file = folder().resolve("a.gguf");
        GgufWriter writer =
                new GgufWriter(Metadata.builder().string("general.architecture", "qwen2").build());
        writer.add("w", Shape.of(2, 32), DType.BF16, (_, numbers) -> numbers[0] = 1);
        writer.write(file);
        Files.writeString(folder().resolve("b.gguf"), "no model");
        Files.createDirectory(folder().resolve("c.part"));
        Files.writeString(folder().resolve("c.part/c.gguf.1.part"), "half");
        Files.writeString(folder().resolve(".hidden"), "");
        List<Installed> found = models().list();
        assertThat(found)
                .containsExactly(
                        new Installed("a", file, Files.size(file), "qwen2 BF16"),
                        new Installed(
                                "b",
                                folder().resolve("b.gguf"),
                                8,
                                "unreadable, see './cachalot inspect'"),
                        new Installed("c", folder().resolve("c.part"), 4, "unfinished download"));
    }

    @Test
    void laidOutWeightsBelongToTheirModel() throws Exception {
        Files.writeString(folder().resolve("a.gguf"), "no model");
        Files.writeString(folder().resolve("a.gguf.repacked"), "12345");
        Files.writeString(folder().resolve("b.gguf.repacked"), "123");
        assertThat(models().list())
                .extracting(Installed::name, Installed::bytes, Installed::kind)
                .containsExactly(
                        tuple("a", 13L, "unreadable, see './cachalot inspect'"),
                        tuple("b", 3L, "laid-out weights without a model"));
        assertThat(new ModelStore(installation, home).names()).containsExactly("a");
        assertThat(models().remove("a")).isEqualTo(13);
        assertThat(models().remove("b")).isEqualTo(3);
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void removedIsTheModelAndItsUnfinishedDownloadAndNothingElse() throws Exception {
        Files.writeString(folder().resolve("x-1.gguf"), "12345");
        Files.writeString(folder().resolve("x-10.gguf"), "1");
        Files.createDirectory(folder().resolve("x-1.part"));
        Files.writeString(folder().resolve("x-1.part/lock"), "123");
        assertThat(models().remove("x:1")).isEqualTo(8);
        assertThat(folder()).isDirectoryNotContaining("glob:**x-1.*");
        assertThat(models().remove(folder().resolve("x-10.gguf").toString())).isEqualTo(1);
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void linksAreRemovedAndNotFollowed() throws Exception {
        Path mine = Files.createDirectory(home.resolve("mine"));
        Files.writeString(mine.resolve("precious"), "1");
        Files.createSymbolicLink(folder().resolve("linked"), mine);
        models().remove("linked");
        assertThat(mine.resolve("precious")).exists();
        assertThat(folder()).isEmptyDirectory();
    }

    @Test
    void whatLiesElsewhereIsRefused() throws Exception {
        folder();
        Files.createDirectories(installation.resolve("models"));
        Path embedded = Files.createFile(installation.resolve("models/cachalot-v0.gguf"));
        Path other = Files.createFile(home.resolve("other.gguf"));
        for (String name :
                List.of("cachalot-v0", other.toString(), "../other.gguf", home.toString())) {
            assertThatThrownBy(() -> models().remove(name))
                    .as(name)
                    .isInstanceOf(LibraryException.class);
        }
        assertThat(embedded).exists();
        assertThat(other).exists();
    }
}
