package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GGUF headers that promise what they do not hold. */
class GgufHostileTest {
    private static final Path PATH = Path.of("hostile.gguf");
    private static final int DATA_BYTES = 4096;

    @TempDir Path folder = Path.of("");

    private static LittleEndianBytes header(long version, long tensors, long keys) {
        LittleEndianBytes header = new LittleEndianBytes();
        header.i32(GgufReader.MAGIC);
        header.i32((int) version);
        header.i64(tensors);
        header.i64(keys);
        return header;
    }

    private static FileContents parse(LittleEndianBytes header) {
        byte[] bytes = header.toByteArray();
        return GgufReader.read(
                PATH,
                MemorySegment.ofArray(java.util.Arrays.copyOf(bytes, bytes.length + DATA_BYTES)));
    }

    private static void refused(LittleEndianBytes header, long offset, String message) {
        assertThatThrownBy(() -> parse(header))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageStartingWith("hostile.gguf: at byte " + offset + ": ")
                .hasMessageContaining(message);
    }

    private static LittleEndianBytes key(String key, Consumer<LittleEndianBytes> typeAndValue) {
        LittleEndianBytes header = header(3, 0, 1);
        header.text(key, 99);
        typeAndValue.accept(header);
        return header;
    }

    private static void tensor(
            LittleEndianBytes header, String name, int type, long offset, long... ggmlDims) {
        header.text(name, 99);
        header.i32(ggmlDims.length);
        for (long dim : ggmlDims) {
            header.i64(dim);
        }
        header.i32(type);
        header.i64(offset);
    }

    private static LittleEndianBytes tensor(int type, long offset, long... ggmlDims) {
        LittleEndianBytes header = header(3, 1, 0);
        tensor(header, "w", type, offset, ggmlDims);
        return header;
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 62, -1, Long.MIN_VALUE, 1L << 32, 1000})
    void moreTensorsThanBytes(long count) {
        refused(
                header(3, count, 0),
                8,
                "found a count of " + Long.toUnsignedString(count) + " tensors");
    }

    @Test
    void moreKeysThanBytes() {
        refused(header(3, 0, 1L << 60), 16, "found a count of 1152921504606846976 metadata keys");
    }

    @Test
    void aKeyLongerThanTheFile() {
        LittleEndianBytes header = header(3, 0, 1);
        header.i64(1L << 60);
        refused(
                header,
                24,
                "found a count of 1152921504606846976 bytes of a metadata key, but the");
    }

    @Test
    void aStringLongerThanTheFile() {
        LittleEndianBytes header =
                key(
                        "k",
                        h -> {
                            h.i32(MetadataType.STRING.number());
                            h.i64(1L << 60);
                        });
        refused(header, 37, "bytes of key 'k'");
    }

    @Test
    void aListLongerThanTheFile() {
        LittleEndianBytes header =
                key(
                        "k",
                        h -> {
                            h.i32(MetadataType.ARRAY.number());
                            h.i32(MetadataType.F64.number());
                            h.i64(DATA_BYTES / 8 + 1);
                        });
        refused(header, 41, "found a count of 513 values of key 'k', but the 4,096 bytes left");
    }

    @Test
    void listsNestedWithoutEnd() {
        LittleEndianBytes header =
                key(
                        "k",
                        h -> {
                            h.i32(MetadataType.ARRAY.number());
                            for (int i = 0; i < 100_000; i++) {
                                h.i32(MetadataType.ARRAY.number());
                                h.i64(1);
                            }
                        });
        refused(header, 73, "nests lists more than 4 deep");
    }

    @Test
    void unknownValueType() {
        refused(
                key("k", h -> h.i32(13)),
                33,
                "key 'k' is of unknown type 13, expected 0 to 12 ([U8,");
    }

    @Test
    void aTruthValueOfTwo() {
        LittleEndianBytes header =
                key(
                        "k",
                        h -> {
                            h.i32(MetadataType.BOOL.number());
                            h.i8(2);
                        });
        refused(header, 37, "key 'k' holds 2 as a truth value, expected 0 or 1");
    }

    @Test
    void theSameKeyTwice() {
        LittleEndianBytes header = header(3, 0, 2);
        for (int i = 0; i < 2; i++) {
            header.text("k", 9);
            header.i32(MetadataType.U8.number());
            header.i8(i);
        }
        refused(header, 38, "found key 'k' twice");
    }

    @Test
    void aKeyThatIsNotUtf8() {
        LittleEndianBytes header = header(3, 0, 1);
        header.i64(1);
        header.i8(0xFF);
        refused(header, 32, "not UTF-8");
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "-1", "2147483648", "1099511627776"})
    void anAlignmentThatIsNoPowerOfTwo(long alignment) {
        LittleEndianBytes header =
                key(
                        GgufReader.ALIGNMENT_KEY,
                        h -> {
                            h.i32(MetadataType.I64.number());
                            h.i64(alignment);
                        });
        refused(header, 61, "key 'general.alignment' holds I64 " + alignment);
    }

    @Test
    void anAlignmentThatIsText() {
        LittleEndianBytes header =
                key(
                        GgufReader.ALIGNMENT_KEY,
                        h -> {
                            h.i32(MetadataType.STRING.number());
                            h.text("32", 9);
                        });
        refused(header, 63, "holds STRING \"32\", expected a power of two");
    }

    @Test
    void unknownTensorTypeNamesTheKnownOnes() {
        refused(
                tensor(99, 0, 32),
                45,
                "tensor 'w' is of unknown type 99, expected one of F32 (0), F16 (1), Q4_0 (2)");
    }

    @Test
    void withdrawnTensorTypeIsUnknown() {
        refused(tensor(4, 0, 32), 45, "unknown type 4");
    }

    @Test
    void tooManyDimensions() {
        refused(tensor(0, 0, 1, 1, 1, 1, 1), 33, "tensor 'w' has 5 dimensions, expected at most 4");
    }

    @Test
    void dimensionsWhoseProductOverflows() {
        refused(
                tensor(0, 0, 1L << 32, 1L << 32),
                37,
                "tensor 'w' has dimensions [4294967296, 4294967296], more numbers than can be counted");
        refused(tensor(0, 0, 0, 1L << 40, 1L << 40), 37, "more numbers than can be counted");
        refused(tensor(0, 0, -1), 37, "[18446744073709551615]");
        refused(tensor(0, 0, Long.MIN_VALUE, 2), 37, "more numbers than can be counted");
    }

    @Test
    void aTensorLargerThanTheData() {
        refused(tensor(0, 0, 1L << 62), 24, "does not fit");
        refused(tensor(0, 0, 1L << 40), 24, "(F32 [1099511627776]) starts at 0");
        refused(tensor(8, 0, 1L << 61), 24, "does not fit");
        refused(tensor(0, 0, DATA_BYTES / 4 + 1), 24, "does not fit");
    }

    @Test
    void anOffsetBeyondTheData() {
        refused(tensor(0, 1L << 40, 1), 24, "does not fit");
        refused(tensor(0, Long.MAX_VALUE - 31, 1), 24, "does not fit");
        refused(tensor(0, -32, 1), 24, "expected a multiple of 32");
        refused(tensor(0, 4, 1), 24, "starts at 4 of the data, expected a multiple of 32");
    }

    @Test
    void rowsThatAreNoWholeBlocks() {
        refused(
                tensor(8, 0, 33),
                24,
                "tensor 'w' of shape [33] has rows that are no multiple of Q8_0's 32");
    }

    @Test
    void overlappingTensors() {
        LittleEndianBytes header = header(3, 2, 0);
        tensor(header, "first", 0, 0, 16);
        tensor(header, "second", 0, 32, 8);
        refused(header, 160, "tensor 'second' starts inside tensor 'first' (bytes 128 to 192)");
    }

    @Test
    void theSameTensorTwice() {
        LittleEndianBytes header = header(3, 2, 0);
        tensor(header, "w", 0, 0, 8);
        tensor(header, "w", 0, 32, 8);
        refused(header, 57, "found tensor 'w' twice");
    }

    @Test
    void otherVersionsAndByteOrdersAreNamed() {
        refused(header(1, 0, 0), 4, "found GGUF version 1, expected version 2 or 3, little-endian");
        refused(header(4, 0, 0), 4, "found GGUF version 4");
        refused(header(3 << 24, 0, 0), 4, "found a big-endian GGUF file (version 3)");
    }

    @Test
    void versionTwoIsRead() {
        LittleEndianBytes header = header(2, 1, 0);
        tensor(header, "w", 0, 64, 3, 2);
        FileContents contents = parse(header);
        assertThat(contents.format()).isEqualTo("GGUF v2");
        assertThat(contents.tensors())
                .containsExactly(new TensorInfo("w", "F32", Shape.of(2, 3), PATH, 160, 24));
    }

    /** A file of zeros that takes no disk, with the given bytes in front. */
    private Path sparse(LittleEndianBytes header) throws IOException {
        Path file = folder.resolve("sparse.gguf");
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            access.write(header.toByteArray());
            access.setLength(4L << 30);
        }
        return file;
    }

    @Test
    void aHugeFileOfEmptyStringsDoesNotFillTheHeap() throws IOException {
        Path file =
                sparse(
                        key(
                                "k",
                                h -> {
                                    h.i32(MetadataType.ARRAY.number());
                                    h.i32(MetadataType.STRING.number());
                                    h.i64(10_000_000);
                                }));
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("accepts at most 4,194,304");
    }

    @Test
    void aHugeFileOfTensorsDoesNotFillTheHeap() throws IOException {
        Path file = sparse(header(3, 5_000_000, 0));
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining(
                        "found a count of 5,000,000 tensors, this build accepts at most 1,048,576");
    }

    @Test
    void aHugeStringDoesNotFillTheHeap() throws IOException {
        Path file =
                sparse(
                        key(
                                "k",
                                h -> {
                                    h.i32(MetadataType.STRING.number());
                                    h.i64(100_000_000);
                                }));
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("100,000,000 bytes of key 'k'");
    }

    @Test
    void moreRowsThanAnIntCountsAreListedAndRefused() throws IOException {
        Path file = sparse(tensor(24, 0, 1, 3L << 30)); // I8 [3221225472, 1]
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThat(checkpoint.tensorInfos()).hasSize(1);
            assertThatThrownBy(() -> checkpoint.find("w"))
                    .isInstanceOf(UnsupportedTensorException.class)
                    .hasMessageContaining("tensor 'w' is stored as I8");
        }
    }
}
