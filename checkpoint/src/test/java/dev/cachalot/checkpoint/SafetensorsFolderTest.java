package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hugging Face folders, written and then spoiled. */
class SafetensorsFolderTest {
    private static final String CONFIG = "{\"hidden_size\": 8, \"rope_scaling\": {\"factor\": 40}}";

    @TempDir Path folder = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void writeThreeShards() throws IOException {
        model = folder.resolve("model");
        SafetensorsWriter writer = new SafetensorsWriter(Map.of("format", "pt"));
        for (String name : new String[] {"a", "b", "c", "d", "e"}) {
            writer.add(name, tensor());
        }
        writer.writeFolder(model, 500, Map.of("config.json", CONFIG)); // 256 bytes a tensor
    }

    private static Tensor tensor() {
        return Tensors.random(new SplittableRandom(2), DType.F32, Shape.of(8, 8));
    }

    private Path shard(int number) {
        return model.resolve("model-%05d-of-00005.safetensors".formatted(number));
    }

    private void refused(String message) {
        assertThatThrownBy(() -> Checkpoint.open(model))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining(model.toString())
                .hasMessageContaining(message);
    }

    @Test
    void shardsAreReadAsOneCheckpointWithItsConfig() throws IOException {
        assertThat(model.toFile().list()).hasSize(7);
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            assertThat(checkpoint.format()).isEqualTo("safetensors, 5 files");
            assertThat(checkpoint.tensors()).containsOnlyKeys("a", "b", "c", "d", "e");
            assertThat(checkpoint.require("c", Shape.of(8, 8)).toFloats())
                    .isEqualTo(tensor().toFloats());
            Metadata config = checkpoint.config().orElseThrow();
            assertThat(config.requireInt("hidden_size")).isEqualTo(8);
            assertThat(config.requireFloat("rope_scaling.factor")).isEqualTo(40f);
            assertThat(checkpoint.metadata().requireString("format")).isEqualTo("pt");
        }
    }

    @Test
    void whatFitsInOneShardIsOneFileWithoutAnIndex() throws IOException {
        Path single = folder.resolve("single");
        Files.createDirectory(single); // an empty folder may be filled
        new SafetensorsWriter(Map.of()).add("a", tensor()).write(single.resolve("x"));
        Files.delete(single.resolve("x"));
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        writer.add("a", tensor());
        writer.add("b", tensor());
        writer.writeFolder(single, 512, Map.of());
        assertThat(single.toFile().list()).containsExactly("model.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(single)) {
            assertThat(checkpoint.tensors()).containsOnlyKeys("a", "b");
            assertThat(checkpoint.config()).isEmpty();
        }
    }

    @Test
    void aFolderWithSomethingInItIsNeverReplaced() {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        assertThatThrownBy(() -> writer.writeFolder(model, 512, Map.of()))
                .isInstanceOf(FileAlreadyExistsException.class)
                .hasMessageContaining("expected a new or empty folder");
    }

    @Test
    void aFailureHalfWayLeavesNoFolder() {
        SafetensorsWriter writer = new SafetensorsWriter(Map.of());
        writer.add("a", tensor());
        writer.add(
                "b",
                Shape.of(8, 8),
                DType.F32,
                (_, _) -> {
                    throw new IllegalStateException("no space left on device");
                });
        assertThatThrownBy(() -> writer.writeFolder(folder.resolve("other"), 256, Map.of()))
                .hasMessageContaining("no space left");
        assertThat(folder.toFile().list()).containsExactly("model");
    }

    @Test
    void aMissingShardIsNamed() throws IOException {
        Files.delete(shard(3));
        refused("the shard model-00003-of-00005.safetensors with 1 tensors ('c', ...) is missing");
    }

    @Test
    void aTensorInNoShardIsNamed() throws IOException {
        Path index = model.resolve(SafetensorsFolder.INDEX);
        Files.writeString(index, Files.readString(index).replace("\"c\"", "\"z\""));
        refused("tensor 'z' should be in model-00003-of-00005.safetensors, but is in no shard");
    }

    @Test
    void aTensorInAnotherShardIsNamed() throws IOException {
        Path index = model.resolve(SafetensorsFolder.INDEX);
        String swapped =
                Files.readString(index)
                        .replace("\"c\"", "\"?\"")
                        .replace("\"d\"", "\"c\"")
                        .replace("\"?\"", "\"d\"");
        Files.writeString(index, swapped);
        refused("tensor 'd' should be in model-00003-of-00005.safetensors, but is in model-00004");
    }

    @Test
    void aTensorInTwoShardsIsNamed() throws IOException {
        Files.delete(shard(3));
        Files.copy(shard(2), shard(3));
        refused("tensor 'b' is in two shards");
    }

    @Test
    void aTensorListedTwiceIsNamed() throws IOException {
        Path index = model.resolve(SafetensorsFolder.INDEX);
        Files.writeString(index, Files.readString(index).replace("\"d\"", "\"c\""));
        refused("Duplicate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "..", "a\\\\b", "", "C:x"})
    void aShardOutsideTheFolderIsRefused(String name) throws IOException {
        Path index = model.resolve(SafetensorsFolder.INDEX);
        Files.writeString(
                index, Files.readString(index).replace("model-00003-of-00005.safetensors", name));
        refused("expected the name of a file in this folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "{}", "{\"weight_map\": 1}", "{\"weight_map\": {}}"})
    void anIndexOfAnotherFormIsRefused(String json) throws IOException {
        Files.writeString(model.resolve(SafetensorsFolder.INDEX), json);
        refused(SafetensorsFolder.INDEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "{", "{\"a\":1,\"a\":2}", "{\"a.b\":1,\"a\":{\"b\":2}}", "{} x"})
    void aConfigOfAnotherFormIsRefused(String json) throws IOException {
        Files.writeString(model.resolve("config.json"), json);
        refused("config.json: at byte");
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", SafetensorsFolder.INDEX})
    void nestedJsonIsRefusedHoweverDeepItGoes(String name) throws IOException {
        for (String open : new String[] {"{\"a\":", "[", "{\"weight_map\":{\"c\":["}) {
            Files.writeString(model.resolve(name), open.repeat(100_000));
            refused(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.json", SafetensorsFolder.INDEX})
    void hugeJsonIsRefusedUnread(String name) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(model.resolve(name).toFile(), "rw")) {
            file.setLength(8L << 30); // takes no disk
        }
        refused(name + ": at byte 0: found 8,589,934,592 bytes, this build accepts at most");
    }

    @Test
    void aFolderOfSomethingElseIsRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThatThrownBy(() -> Checkpoint.open(empty))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("found a folder without model.safetensors or");
    }

    @Test
    void aFileOfSomethingElseIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.txt"), "just some words");
        assertThatThrownBy(() -> Checkpoint.open(text))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("found neither GGUF nor safetensors");
    }
}
