package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every format of checkpoints must keep, whoever wrote the file. */
abstract class CheckpointContract {
    @TempDir Path folder = Path.of("");

    abstract String extension();

    /** The types of tensors that the format stores. */
    abstract List<DType> types();

    /** Metadata of the format's kind. */
    abstract Metadata metadata(SplittableRandom random);

    abstract CheckpointWriter writer(Metadata metadata);

    /** Reads a file's header from memory. */
    abstract FileContents parse(Path path, MemorySegment bytes);

    final Path file() {
        return folder.resolve("model" + extension());
    }

    final void write(CheckpointWriter writer) {
        try {
            writer.write(file());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    final Checkpoint open() {
        try {
            return Checkpoint.open(file());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A small file with a tensor of every type, some metadata, a scalar and an empty tensor. */
    private byte[] smallFile() throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        CheckpointWriter writer = writer(metadata(random));
        for (DType type : types()) {
            writer.add("weight." + type, Tensors.random(random, type, Shape.of(2, 32)));
        }
        writer.add("scalar", Tensors.random(random, DType.F32, Shape.of()));
        writer.add("empty", Tensors.random(random, DType.F32, Shape.of(0, 4)));
        writer.write(file());
        return Files.readAllBytes(file());
    }

    @Test
    void whatIsWrittenIsRead() {
        Cases.forAll(
                60,
                random -> {
                    Metadata metadata = metadata(random);
                    CheckpointWriter writer = writer(metadata);
                    Map<String, Tensor> tensors = new LinkedHashMap<>();
                    for (int i = random.nextInt(8); i > 0; i--) {
                        DType type = types().get(random.nextInt(types().size()));
                        Tensor tensor = Tensors.random(random, type);
                        String name =
                                "tensor." + i + (random.nextBoolean() ? ".é鲸" : ".\"\\weight");
                        tensors.put(name, tensor);
                        writer.add(name, tensor);
                    }
                    write(writer);
                    try (Checkpoint checkpoint = open()) {
                        assertThat(checkpoint.metadata()).isEqualTo(metadata);
                        assertThat(checkpoint.tensors().keySet())
                                .containsExactlyInAnyOrderElementsOf(tensors.keySet());
                        tensors.forEach((name, tensor) -> assertSame(checkpoint, name, tensor));
                        assertThat(checkpoint.bytes()).isEqualTo(file().toFile().length());
                    }
                });
    }

    private static void assertSame(Checkpoint checkpoint, String name, Tensor expected) {
        Tensor found = checkpoint.require(name, expected.shape());
        assertThat(found.dtype()).isEqualTo(expected.dtype());
        assertThat(found.segment().mismatch(expected.segment()))
                .as("first differing byte of %s", name)
                .isEqualTo(-1);
    }

    @Test
    void conversionOnTheWayEqualsTheBlockFormat() {
        Cases.forAll(
                10,
                random -> {
                    Tensor source = Tensors.random(random, DType.F32, Shape.of(3, 5, 64));
                    Tensor columns = source.columns(32, 32); // rows that do not lie side by side
                    CheckpointWriter writer = writer(metadata(random));
                    for (DType type : types()) {
                        writer.add("whole." + type, source, type);
                        writer.add("columns." + type, columns, type);
                        writer.add(
                                "made." + type,
                                source.shape(),
                                type,
                                (row, target) -> source.copyRow((int) row, target));
                    }
                    write(writer);
                    try (Checkpoint checkpoint = open()) {
                        for (DType type : types()) {
                            assertSame(checkpoint, "whole." + type, encoded(source, type));
                            assertSame(checkpoint, "made." + type, encoded(source, type));
                            assertSame(checkpoint, "columns." + type, encoded(columns, type));
                        }
                    }
                });
    }

    private static Tensor encoded(Tensor source, DType type) {
        Tensor target = Tensors.random(new SplittableRandom(0), type, source.shape());
        float[] numbers = source.toFloats();
        BlockFormat.encode(type, numbers, 0, numbers.length, target.segment(), 0);
        return target;
    }

    @Test
    void aNumberThatWouldBecomeInfiniteIsRefusedAndTheOldFileStays() throws IOException {
        byte[] before = smallFile();
        Tensor source = Tensors.random(new SplittableRandom(1), DType.F32, Shape.of(2, 32));
        source.set(1, 3, 1e30f);
        CheckpointWriter writer =
                writer(metadata(new SplittableRandom(1))).add("big", source, DType.F16);
        assertThatThrownBy(() -> writer.write(file()))
                .isInstanceOf(UnstorableNumberException.class)
                .hasMessage(
                        "tensor 'big' holds 1.0E30, which F16 cannot store; store it as BF16 or F32");
        assertUntouched(before);
    }

    @Test
    void aFailureHalfWayLeavesTheOldFileAndNothingElse() throws IOException {
        byte[] before = smallFile();
        CheckpointWriter writer =
                writer(metadata(new SplittableRandom(1)))
                        .add(
                                "made",
                                Shape.of(2_000, 1_024), // more than any buffer
                                DType.F32,
                                (row, _) -> {
                                    if (row == 1_500) {
                                        throw new UncheckedIOException(
                                                new IOException("no space left on device"));
                                    }
                                });
        assertThatThrownBy(() -> writer.write(file())).hasMessageContaining("no space left");
        assertUntouched(before);
    }

    private void assertUntouched(byte[] before) throws IOException {
        assertThat(Files.readAllBytes(file())).isEqualTo(before);
        assertThat(folder.toFile().list()).containsExactly(file().toFile().getName());
    }

    @Test
    void anOpenCheckpointKeepsItsBytesWhenTheFileIsReplaced() throws IOException {
        Tensor first = Tensors.random(new SplittableRandom(1), DType.F32, Shape.of(2, 32));
        Tensor second = Tensors.random(new SplittableRandom(2), DType.F32, Shape.of(2, 32));
        Metadata metadata = metadata(new SplittableRandom(1));
        write(writer(metadata).add("w", first));
        try (Checkpoint old = open()) {
            write(writer(metadata).add("w", second));
            assertSame(old, "w", first);
        }
        try (Checkpoint fresh = open()) {
            assertSame(fresh, "w", second);
        }
    }

    @Test
    void cutAtEveryByteIsRefusedWithTheOffsetOrOpens() throws IOException {
        byte[] whole = smallFile();
        for (int length = 0; length < whole.length; length++) {
            Files.write(file(), java.util.Arrays.copyOf(whole, length));
            try (Checkpoint checkpoint = open()) {
                // only padding after the last tensor may be missing
                assertThat(checkpoint.tensorInfos()).hasSize(types().size() + 2);
                checkpoint.tensors().values().forEach(Tensor::toFloats);
            } catch (CheckpointFormatException refused) {
                assertThat(refused.offset()).isBetween(0L, (long) length);
                assertThat(refused).hasMessageContaining(file().toString());
            }
        }
    }

    @Test
    void everyFlippedBitIsRefusedOrLeavesAllRangesInsideTheFile() throws IOException {
        byte[] whole = smallFile();
        int refusals = 0;
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refusals += isRefused(damaged, "bit " + bit) ? 1 : 0;
        }
        assertThat(refusals).isGreaterThan(500);
    }

    @Test
    void randomDamageIsRefusedOrLeavesAllRangesInsideTheFile() throws IOException {
        byte[] whole = smallFile();
        int header =
                (int)
                        parse(file(), MemorySegment.ofArray(whole)).tensors().stream()
                                .mapToLong(TensorInfo::offset)
                                .min()
                                .orElseThrow();
        Cases.forAll(
                4_000,
                random -> {
                    byte[] damaged = whole.clone();
                    for (int i = random.nextInt(1, 6); i > 0; i--) {
                        int at = random.nextInt(header);
                        switch (random.nextInt(3)) {
                            case 0 -> damaged[at] = (byte) random.nextInt();
                            case 1 -> damaged[at] = (byte) (random.nextBoolean() ? 0xFF : 0);
                            default -> // a run of bytes from elsewhere
                                    System.arraycopy(
                                            whole,
                                            random.nextInt(header - 8),
                                            damaged,
                                            Math.min(at, header - 8),
                                            8);
                        }
                    }
                    isRefused(damaged, "random damage");
                });
    }

    private boolean isRefused(byte[] damaged, String what) {
        try {
            for (TensorInfo tensor : parse(file(), MemorySegment.ofArray(damaged)).tensors()) {
                assertThat(tensor.bytes()).isNotNegative();
                assertThat(tensor.offset()).isBetween(0L, damaged.length - tensor.bytes());
                tensor.dtype()
                        .filter(_ -> tensor.isCountable())
                        .ifPresent(
                                type ->
                                        Tensor.view(
                                                type,
                                                tensor.shape(),
                                                MemorySegment.ofArray(damaged)
                                                        .asSlice(tensor.offset(), tensor.bytes())));
            }
            return false;
        } catch (CheckpointFormatException refused) {
            assertThat(refused.offset()).isBetween(0L, (long) damaged.length);
            return true;
        } catch (RuntimeException | Error wrong) {
            throw new AssertionError(what + " gave the wrong exception", wrong);
        }
    }

    @Test
    void damagedFilesOpenedThroughTheMappingAreRefusedOrReadable() throws IOException {
        byte[] whole = smallFile();
        Cases.forAll(
                600,
                random -> {
                    byte[] damaged = whole.clone();
                    int at = random.nextInt(whole.length);
                    damaged[at] ^= (byte) (1 << random.nextInt(8));
                    writeBytes(damaged);
                    try (Checkpoint checkpoint = open()) {
                        checkpoint.tensors().values().forEach(Tensor::toFloats);
                    } catch (CheckpointFormatException refused) {
                        assertThat(refused.path()).isEqualTo(file());
                    }
                });
    }

    private void writeBytes(byte[] bytes) {
        try {
            Files.write(file(), bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void aFileWithoutTensorsOpens() {
        Metadata metadata = metadata(new SplittableRandom(3));
        write(writer(metadata));
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.tensors()).isEmpty();
            assertThat(checkpoint.metadata()).isEqualTo(metadata);
            assertThatThrownBy(() -> checkpoint.require("w", Shape.of(1)))
                    .isInstanceOf(MissingTensorException.class)
                    .hasMessageContaining("holds no tensors at all");
        }
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        Files.createFile(file());
        assertThatThrownBy(this::open)
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("at byte 0: found the end of the file");
    }

    @Test
    void workerThreadsReadTheTensors() throws Exception {
        Tensor source = Tensors.random(new SplittableRandom(5), DType.F32, Shape.of(8, 16));
        write(writer(metadata(new SplittableRandom(5))).add("w", source));
        try (Checkpoint checkpoint = open();
                ExecutorService workers = Executors.newFixedThreadPool(2)) {
            Tensor found = checkpoint.require("w", Shape.of(8, 16));
            Callable<float[]> task = found::toFloats;
            for (Future<float[]> read : workers.invokeAll(List.of(task, task))) {
                assertThat(read.get()).isEqualTo(source.toFloats());
            }
        }
    }

    @Test
    void aClosedCheckpointGivesAnExceptionAndNoCrash() {
        write(writer(metadata(new SplittableRandom(5))).add("w", tensor(2, 32)));
        Tensor found;
        try (Checkpoint checkpoint = open()) {
            found = checkpoint.find("w").orElseThrow();
        }
        assertThatThrownBy(found::toFloats).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMissingTensorNamesTheNearest() {
        write(writer(metadata(new SplittableRandom(5))).add("blk.0.attn_q.weight", tensor(2, 32)));
        try (Checkpoint checkpoint = open()) {
            assertThat(checkpoint.find("blk.0.attn_k.weight")).isEmpty();
            assertThatThrownBy(() -> checkpoint.require("blk.0.attn_k.weight", Shape.of(2, 32)))
                    .isInstanceOf(MissingTensorException.class)
                    .hasMessageContaining(file().toString())
                    .hasMessageContaining("tensor 'blk.0.attn_k.weight' is missing")
                    .hasMessageContaining("nearest names it holds are blk.0.attn_q.weight");
        }
    }

    @Test
    void aWrongShapeNamesBoth() {
        write(writer(metadata(new SplittableRandom(5))).add("w", tensor(2, 32)));
        try (Checkpoint checkpoint = open()) {
            assertThatThrownBy(() -> checkpoint.require("w", Shape.of(32, 2)))
                    .isInstanceOf(ShapeMismatchException.class)
                    .hasMessageContaining("tensor 'w' has shape [2, 32], expected [32, 2]");
        }
    }

    @Test
    void aWriterRefusesTheSameNameTwiceAndIntegers() {
        CheckpointWriter writer = writer(metadata(new SplittableRandom(5))).add("w", tensor(2, 32));
        assertThatThrownBy(() -> writer.add("w", tensor(2, 32)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'w' was added twice");
        assertThatThrownBy(() -> writer.add("ids", tensor(2, 32), DType.I32))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'ids' cannot be stored as I32");
        assertThatThrownBy(() -> writer.add("odd", tensor(2, 33), DType.Q8_0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no multiple of 32");
    }

    private static Tensor tensor(long... dims) {
        return Tensors.random(new SplittableRandom(9), DType.F32, Shape.of(dims));
    }
}
