package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model in three GGUF files. */
class GgufSplitSetTest {
    private static final int COUNT = 3;

    @TempDir Path folder = Path.of("");

    @BeforeEach
    void writeThreeFiles() throws IOException {
        for (int number = 0; number < COUNT; number++) {
            write(number, number, "w" + number);
        }
    }

    private void write(int place, int number, String tensor) throws IOException {
        MetadataBuilder metadata = Metadata.builder();
        if (number == 0) {
            metadata.string("general.name", "whale");
        }
        metadata.u32(GgufSplitSet.NUMBER_KEY, number)
                .u32(GgufSplitSet.COUNT_KEY, COUNT)
                .i32(GgufSplitSet.TENSORS_KEY, COUNT);
        new GgufWriter(metadata.build())
                .add(tensor, Tensors.random(new SplittableRandom(1), DType.F32, Shape.of(4)))
                .write(file(place));
    }

    private Path file(int number) {
        return folder.resolve("whale-%05d-of-00003.gguf".formatted(number + 1));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Checkpoint.open(file(0)))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void anyFileOpensTheWholeSet() throws IOException {
        for (int number = 0; number < COUNT; number++) {
            try (Checkpoint checkpoint = Checkpoint.open(file(number))) {
                assertThat(checkpoint.format()).isEqualTo("GGUF v3, 3 files");
                assertThat(checkpoint.tensors()).containsOnlyKeys("w0", "w1", "w2");
                assertThat(checkpoint.metadata().values()).containsOnlyKeys("general.name");
            }
        }
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(file(1));
        refused("the model is split into 3 files, of which whale-00002-of-00003.gguf is missing");
    }

    @Test
    void aFileOfAnotherPlaceIsNamed() throws IOException {
        write(1, 2, "w2");
        refused("00002-of-00003.gguf: at byte 0: key 'split.no' is 2, expected 1");
    }

    @Test
    void aTensorInTwoFilesIsNamed() throws IOException {
        write(1, 1, "w2");
        refused("tensor 'w2' is in two files of the split model");
    }

    @Test
    void aRenamedFileIsRefused() throws IOException {
        Path renamed = Files.move(file(0), folder.resolve("whale.gguf"));
        assertThatThrownBy(() -> Checkpoint.open(renamed))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("expected a name that ends in -00001-of-00003.gguf");
    }
}
