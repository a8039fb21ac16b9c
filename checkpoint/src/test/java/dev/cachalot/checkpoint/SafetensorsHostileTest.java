package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.Shape;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Safetensors headers that promise what they do not hold. */
class SafetensorsHostileTest {
    private static final Path PATH = Path.of("hostile.safetensors");
    private static final int DATA_BYTES = 16;

    /** A file of that JSON and 16 bytes of data. */
    private static FileContents parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8), json.length(), DATA_BYTES);
    }

    private static FileContents parse(byte[] json, long length, int dataBytes) {
        LittleEndianBytes file = new LittleEndianBytes();
        file.i64(length);
        for (byte b : json) {
            file.i8(b);
        }
        byte[] bytes = file.toByteArray();
        return SafetensorsReader.read(
                PATH, MemorySegment.ofArray(Arrays.copyOf(bytes, bytes.length + dataBytes)));
    }

    private static void refused(String json, String message) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageStartingWith("hostile.safetensors: at byte ")
                .hasMessageContaining(message);
    }

    private static String tensor(String name, String type, String shape, String offsets) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
                .formatted(name, type, shape, offsets);
    }

    @Test
    void aGoodHeaderIsReadAndMoreAfterItIsNot() {
        String json = "{" + tensor("w", "F32", "[2,2]", "[0,16]") + "}  ";
        assertThat(parse(json).tensors())
                .containsExactly(
                        new TensorInfo(
                                "w", "F32", Shape.of(2, 2), PATH, 8 + json.length(), DATA_BYTES));
        refused(json + "{}", "found more after the JSON's end");
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 60, -1, Long.MIN_VALUE, 1000})
    void aHeaderLongerThanTheFile(long length) {
        assertThatThrownBy(() -> parse(new byte[] {'{', '}'}, length, 0))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining(
                        "at byte 0: found a count of %s bytes of the JSON header, but the 2 bytes left"
                                .formatted(Long.toUnsignedString(length)));
    }

    @Test
    void aHeaderBeyondWhatIsAccepted() {
        assertThatThrownBy(() -> parse(new byte[40 << 20], 40 << 20, 0))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("bytes of the JSON header");
    }

    @Test
    void aHeaderThatIsNotUtf8() {
        byte[] json = "{\"\u00FF\":{}}".getBytes(StandardCharsets.ISO_8859_1);
        assertThatThrownBy(() -> parse(json, json.length, 0))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("not UTF-8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|found no '{'",
                "{|broken JSON",
                "{\"w\":1}|found VALUE_NUMBER_INT, expected an object for 'w'",
                "{\"w\":{}}|tensor 'w' lacks the field 'dtype'",
                "{\"w\":{\"dtype\":3}}|expected a string as dtype of tensor 'w'",
                "{\"w\":{\"colour\":3}}|unknown field 'colour', expected dtype, shape and data_offsets",
                "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F16\"}}|Duplicate",
                "{\"__metadata__\":{\"a\":1}}|expected a string for metadata key 'a'"
            })
    void jsonOfAnotherForm(String json, String message) {
        refused(json, message);
    }

    @Test
    void nestingWithoutEnd() {
        refused("{\"w\":{\"dtype\":" + "[".repeat(100_000), "expected a string as dtype");
        refused("{\"w\":{\"shape\":" + "[".repeat(100_000), "found START_ARRAY");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "F31|[4]|[0,16]|tensor 'w' is of unknown type 'F31', expected one of [BOOL,",
                "F32|[4]|[0,15]|tensor 'w' (F32 [4]) has data_offsets [0, 15], 15 bytes, which is not",
                "F32|[5]|[0,16]|which is not what its type and shape take",
                "F4|[31]|[0,16]|which is not what its type and shape take",
                "F32|[5]|[0,20]|expected a start and an end within the 16 bytes of data",
                "F32|[4]|[16,0]|expected a start and an end",
                "F32|[4]|[0]|expected a start and an end",
                "F32|[4]|[0,16,32]|expected a start and an end",
                "F32|[4]|[-16,0]|found -16 in data_offsets of 'w', expected no negative number",
                "F32|[4]|[0,1e1]|expected whole numbers in data_offsets",
                "F32|[4]|[0,99999999999999999999]|out of range",
                "F32|[4611686018427387904,4]|[0,16]|more numbers than can be counted",
                "F32|[4611686018427387904]|[0,16]|which is not what its type and shape take",
                "F32|[0,4611686018427387904,4]|[0,0]|more numbers than can be counted",
                "F32|[3]|[4,16]|tensor 'w' starts here, expected it at byte",
                "F32|[3]|[0,12]|found 4 bytes that belong to no tensor"
            })
    void tensorsThatDoNotFit(String type, String shape, String offsets, String message) {
        refused("{" + tensor("w", type, shape, offsets) + "}", message);
    }

    @Test
    void tooManyDimensions() {
        refused(
                "{" + tensor("w", "F32", "[" + "1,".repeat(40) + "4]", "[0,16]") + "}",
                "more than 32 numbers in the shape of tensor 'w'");
    }

    @Test
    void overlappingTensors() {
        refused(
                "{"
                        + tensor("a", "F32", "[4]", "[0,16]")
                        + ","
                        + tensor("b", "F32", "[2]", "[8,16]")
                        + "}",
                "tensor 'b' starts here, expected it at byte");
    }

    @Test
    void theSameTensorTwice() {
        refused(
                "{"
                        + tensor("a", "F32", "[2]", "[0,8]")
                        + ","
                        + tensor("a", "F32", "[2]", "[8,16]")
                        + "}",
                "Duplicate");
    }
}
