package dev.cachalot.checkpoint.repack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Laid-out weights that outlive a process. */
final class RepackedFileTest {
    @TempDir Path folder;
    private Path path = Path.of("");
    private final List<Tensor> weights = new ArrayList<>();
    private int laidOut;

    @BeforeEach
    void someWeights() {
        path = folder.resolve("model.gguf.repacked");
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 5; i++) {
            weights.add(weight(3 + i, random));
        }
    }

    private static Tensor weight(int rows, SplittableRandom random) {
        byte[] bytes = new byte[rows * 34];
        random.nextBytes(bytes);
        return Tensor.view(DType.Q8_0, Shape.of(rows, 32), MemorySegment.ofArray(bytes));
    }

    /** A load: lays out what is not there; what came out, weight by weight. */
    private List<byte[]> load(String source, List<Tensor> some) {
        laidOut = 0;
        List<byte[]> found = new ArrayList<>();
        try (RepackedFile file = new RepackedFile(path, source, 1000, RepackProgress.NONE)) {
            List<MemorySegment> memory = new ArrayList<>();
            for (Tensor each : some) {
                memory.add(file.keep(each, 200, to -> fill(each, to)));
            }
            file.finish();
            for (MemorySegment each : memory) {
                assertThat(each.address() % 64).isZero();
                assertThat(each.byteSize()).isEqualTo(200);
                found.add(each.toArray(ValueLayout.JAVA_BYTE));
            }
        }
        return found;
    }

    private void fill(Tensor weight, MemorySegment to) {
        laidOut++;
        to.copyFrom(weight.segment().asSlice(0, Math.min(200, weight.segment().byteSize())));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    @Test
    void theSecondLoadLaysNothingOutAndGivesTheSame() throws IOException {
        List<byte[]> first = load("a", weights);
        assertThat(laidOut).isEqualTo(5);
        assertThat(files()).containsExactly(path);
        List<byte[]> second = load("a", weights);
        assertThat(laidOut).isZero();
        same(second, first);
    }

    @Test
    void anotherModelOfTheNameIsLaidOutAnew() throws IOException {
        load("a", weights);
        load("b", weights);
        assertThat(laidOut).isEqualTo(5);
        load("b", weights);
        assertThat(laidOut).isZero();
        assertThat(files()).containsExactly(path);
    }

    @Test
    void kernelsThatLayOutFewerWeightsFindTheirsInTheSameFile() throws IOException {
        List<byte[]> all = load("a", weights);
        byte[] whole = Files.readAllBytes(path);
        List<Tensor> fewer = List.of(weights.get(1), weights.get(2), weights.get(4));
        List<byte[]> found = load("a", fewer);
        assertThat(laidOut).isZero();
        same(found, List.of(all.get(1), all.get(2), all.get(4)));
        assertThat(path).hasBinaryContent(whole);
    }

    @Test
    void kernelsThatLayOutMoreWeightsMakeTheFileNewForBoth() throws IOException {
        load("a", List.of(weights.get(1), weights.get(2), weights.get(4)));
        List<byte[]> all = load("a", weights);
        assertThat(laidOut).isEqualTo(5);
        same(load("a", weights), all);
        assertThat(laidOut).isZero();
        load("a", List.of(weights.get(0), weights.get(4)));
        assertThat(laidOut).isZero();
        assertThat(files()).containsExactly(path);
    }

    @Test
    void aWeightThatChangedMakesTheFileNew() throws IOException {
        load("a", weights);
        List<Tensor> changed = new ArrayList<>(weights);
        changed.set(3, weight(6, new SplittableRandom(99)));
        List<byte[]> found = load("a", changed);
        assertThat(laidOut).isEqualTo(2);
        same(load("a", changed), found);
        assertThat(laidOut).isZero();
        List<byte[]> fresh = new ArrayList<>();
        Files.delete(path);
        fresh.addAll(load("a", changed));
        same(found, fresh);
        assertThat(files()).containsExactly(path);
    }

    @Test
    void whateverBreaksTheFileIsMadeAnewOrReadsTheSame() throws IOException {
        List<byte[]> right = load("a", weights);
        byte[] whole = Files.readAllBytes(path);
        Cases.forAll(
                60,
                random -> {
                    byte[] broken = whole.clone();
                    // the head and the index; numbers in between are not checked at every start
                    int index = whole.length - random.nextInt(1, 150);
                    int at = random.nextBoolean() ? random.nextInt(28) : index;
                    broken[at] ^= (byte) (1 << random.nextInt(8));
                    write(random.nextInt(4) == 0 ? cut(whole, random) : broken);
                    same(load("a", weights), right);
                    same(load("a", weights), right);
                    assertThat(laidOut).isZero();
                });
    }

    @Test
    void aFolderThatCannotBeWrittenIsNoHindrance() {
        path = folder.resolve("missing").resolve("model.gguf.repacked");
        List<byte[]> found = load("a", weights);
        assertThat(laidOut).isEqualTo(5);
        same(load("a", weights), found);
        assertThat(laidOut).isEqualTo(5);
    }

    @Test
    void writtenOneWeightAtATimeItIsTheSameFile() throws IOException {
        load("a", weights);
        byte[] whole = Files.readAllBytes(path);
        Files.delete(path);
        MemorySegment last = MemorySegment.NULL;
        try (RepackedFile file = RepackedFile.streaming(path, "a", 1000, RepackProgress.NONE)) {
            for (Tensor each : weights) {
                MemorySegment memory = file.keep(each, 200, to -> fill(each, to));
                if (last.byteSize() > 0) { // the same place, whatever lay there before
                    assertThat(memory.address()).isEqualTo(last.address());
                }
                last = memory;
            }
            assertThat(file.requireFinish()).isEqualTo(1000);
        }
        assertThat(path).hasBinaryContent(whole);
    }

    @Test
    void whoAsksForTheFileHearsThatItCannotBeWritten() throws IOException {
        path = folder.resolve("missing").resolve("model.gguf.repacked");
        try (RepackedFile file = RepackedFile.streaming(path, "a", 1000, RepackProgress.NONE)) {
            file.keep(weights.getFirst(), 200, to -> fill(weights.getFirst(), to));
            assertThatThrownBy(file::requireFinish)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("model.gguf.repacked cannot be written");
        }
        path = folder.resolve("none.gguf.repacked");
        try (RepackedFile file = RepackedFile.streaming(path, "a", 1000, RepackProgress.NONE)) {
            assertThat(file.requireFinish()).isZero();
        }
        assertThat(files()).isEmpty();
    }

    /** A killed process leaves a file of a model's size behind; only the next one can know. */
    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        Path left = folder.resolve(".model.gguf.repacked.0123456789abcdef.part");
        Files.writeString(left, "half of it");
        load("a", weights);
        assertThat(files()).containsExactly(path);
    }

    @Test
    void someOfTheWeightsAreReadFromTheFileAndItIsNeverWritten() throws IOException {
        List<byte[]> all = load("a", weights);
        byte[] whole = Files.readAllBytes(path);
        Tensor another = weight(9, new SplittableRandom(7));
        laidOut = 0;
        try (LaidOutWeights some = new LaidOutWeights(path, "a")) {
            for (int i : new int[] {1, 4}) {
                MemorySegment memory = some.keep(weights.get(i), 200, to -> fill(another, to));
                assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(all.get(i));
            }
            assertThat(laidOut).isZero();
            assertThat(some.mappedBytes()).isEqualTo(400);
            MemorySegment fresh = some.keep(another, 200, to -> fill(another, to));
            assertThat(fresh.toArray(ValueLayout.JAVA_BYTE))
                    .startsWith(another.segment().asSlice(0, 200).toArray(ValueLayout.JAVA_BYTE));
            assertThat(laidOut).isEqualTo(1);
            assertThat(some.mappedBytes()).isEqualTo(400);
        }
        assertThat(path).hasBinaryContent(whole);
        for (String none : List.of("b", "a")) { // of another model; no file
            try (LaidOutWeights some = new LaidOutWeights(path, none)) {
                some.keep(weights.getFirst(), 200, to -> fill(weights.getFirst(), to));
                assertThat(some.mappedBytes()).isZero();
            }
            Files.deleteIfExists(path);
        }
        assertThat(files()).isEmpty();
    }

    private static byte[] cut(byte[] whole, SplittableRandom random) {
        return java.util.Arrays.copyOf(whole, random.nextInt(whole.length));
    }

    private void write(byte[] bytes) {
        try {
            Files.write(path, bytes);
        } catch (IOException unexpected) {
            throw new java.io.UncheckedIOException(unexpected);
        }
    }

    private static void same(List<byte[]> found, List<byte[]> expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isEqualTo(expected.get(i));
        }
    }
}
