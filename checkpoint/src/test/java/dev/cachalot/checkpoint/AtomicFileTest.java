package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
    @TempDir Path folder = Path.of("");

    @Test
    void theTargetAppearsOnlyWithTheCommit() throws IOException {
        Path target = folder.resolve("state");
        AtomicFile.writeString(target, "old");
        try (AtomicFile file = AtomicFile.create(target)) {
            file.write(new byte[3_000_000]);
            assertThat(target).hasContent("old");
            assertThat(folder.toFile().list()).hasSize(2);
            file.commit();
        }
        assertThat(target).hasSize(3_000_000);
        assertThat(folder.toFile().list()).containsExactly("state");
    }

    @Test
    void closingWithoutACommitLeavesTheOldFileAlone() throws IOException {
        Path target = folder.resolve("state");
        AtomicFile.writeString(target, "old");
        try (AtomicFile file = AtomicFile.create(target)) {
            file.write(new byte[3_000_000]);
        }
        assertThat(target).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("state");
    }

    @Test
    void whatIsWrittenCanBeWrittenOver() throws IOException {
        Path target = folder.resolve("state");
        try (AtomicFile file = AtomicFile.create(target)) {
            file.write("head, body".getBytes(StandardCharsets.UTF_8));
            file.overwrite(0, "HEAD".getBytes(StandardCharsets.UTF_8));
            file.write(" and end".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> file.overwrite(16, new byte[3]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            file.commit();
        }
        assertThat(target).hasContent("HEAD, body and end");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesOfAnySizesComeOutInOrder(boolean isEven) {
        Cases.forAll(
                10,
                random -> {
                    byte[] bytes = new byte[random.nextInt(isEven ? 15_000_000 : 5_000_000)];
                    random.nextBytes(bytes);
                    Path target = folder.resolve("bytes");
                    try (AtomicFile file =
                            isEven ? AtomicFile.createEven(target) : AtomicFile.create(target)) {
                        int at = 0;
                        while (at < bytes.length) {
                            int size =
                                    Math.min(
                                            bytes.length - at,
                                            random.nextInt(
                                                    1, random.nextBoolean() ? 99 : 9_000_000));
                            byte[] part = Arrays.copyOfRange(bytes, at, at + size);
                            if (random.nextBoolean()) {
                                file.write(part);
                            } else {
                                file.write(MemorySegment.ofArray(part));
                            }
                            at += size;
                            assertThat(file.position()).isEqualTo(at);
                        }
                        file.commit();
                        assertThat(Files.readAllBytes(target)).isEqualTo(bytes);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                });
    }

    @Test
    void aLinkIsFollowedAndStays() throws IOException {
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        AtomicFile.writeString(link, "new");
        assertThat(link).isSymbolicLink();
        assertThat(real).hasContent("new");
    }

    @Test
    void whatAKilledWriterLeftIsRemovedByTheNextWriteToTheSameTarget() throws IOException {
        Files.writeString(folder.resolve(".state.0123456789abcdef.part"), "half");
        Path left = Files.createDirectory(folder.resolve(".state.0123456789abcdee.part"));
        Files.writeString(left.resolve(LeftOvers.CLAIM), "");
        Files.writeString(left.resolve("shard"), "half");
        Files.writeString(folder.resolve(".other.0123456789abcdef.part"), "another target's");
        AtomicFile.writeString(folder.resolve("state"), "whole");
        assertThat(folder.toFile().list())
                .containsExactlyInAnyOrder("state", ".other.0123456789abcdef.part");
        Files.createDirectory(left);
        Files.writeString(left.resolve(LeftOvers.CLAIM), "");
        try (AtomicFolder kept = AtomicFolder.create(folder.resolve("state2"))) {
            kept.commit();
        }
        assertThat(left).exists();
    }

    @Test
    void aWriterThatIsStillAtWorkKeepsItsTemporaryFile() throws IOException {
        Path target = folder.resolve("state");
        try (AtomicFile slow = AtomicFile.create(target);
                AtomicFolder slowToo = AtomicFolder.create(folder.resolve("model"))) {
            slow.write(new byte[] {1, 2});
            AtomicFile.writeString(target, "quick");
            AtomicFolder.create(folder.resolve("model")).close();
            assertThat(slowToo.path()).exists();
            slow.commit();
            slowToo.commit();
        }
        assertThat(target).hasSize(2);
        assertThat(folder.resolve("model")).isEmptyDirectory();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("state", "model");
    }

    @Test
    void aFolderIsNoFile() {
        assertThatThrownBy(() -> AtomicFile.create(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a folder, expected the name of a file");
    }

    @Test
    void aFolderAppearsAsAWholeOrNotAtAll() throws IOException {
        Path target = folder.resolve("step-100");
        try (AtomicFolder dropped = AtomicFolder.create(target)) {
            AtomicFile.writeString(dropped.path().resolve("weights"), "half");
        }
        assertThat(folder.toFile().list()).isEmpty();
        try (AtomicFolder kept = AtomicFolder.create(target)) {
            AtomicFile.writeString(kept.path().resolve("weights"), "whole");
            assertThat(target).doesNotExist();
            kept.commit();
        }
        assertThat(target.resolve("weights")).hasContent("whole");
        assertThat(folder.toFile().list()).containsExactly("step-100");
    }
}
