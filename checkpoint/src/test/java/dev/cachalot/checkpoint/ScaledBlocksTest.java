package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 8-bit floats with block scales, in files made byte by byte. */
class ScaledBlocksTest {
    private static final int BLOCK = 128;
    private static final byte ONE = 0x38; // E4M3: exponent 7, no mantissa

    @TempDir Path folder = Path.of("");

    /** A file with the tensors w and w_scale_inv, or only w where {@code scaleType} is empty. */
    private Path write(
            int rows, int width, byte[] codes, String scaleType, int[] scaleShape, byte[] scales)
            throws IOException {
        String json =
                "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}"
                        .formatted(rows, width, codes.length);
        if (!scaleType.isEmpty()) {
            json +=
                    ",\"w_scale_inv\":{\"dtype\":\"%s\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                            .formatted(
                                    scaleType,
                                    scaleShape[0],
                                    scaleShape[1],
                                    codes.length,
                                    codes.length + scales.length);
        }
        byte[] header = (json + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer all =
                ByteBuffer.allocate(8 + header.length + codes.length + scales.length)
                        .order(ByteOrder.LITTLE_ENDIAN);
        all.putLong(header.length).put(header).put(codes).put(scales);
        return Files.write(folder.resolve("m.safetensors"), all.array());
    }

    private static byte[] floats(float... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return bytes.array();
    }

    private static byte[] ones(int count) {
        byte[] codes = new byte[count];
        java.util.Arrays.fill(codes, ONE);
        return codes;
    }

    @Test
    void everyNumberIsItsCodeTimesTheScaleOfItsBlockPartialBlocksIncluded() {
        Cases.forAll(
                20,
                random -> {
                    int rows = random.nextInt(1, 300);
                    int width = random.nextInt(1, 300);
                    int[] blocks = {Math.ceilDiv(rows, BLOCK), Math.ceilDiv(width, BLOCK)};
                    boolean powers = random.nextBoolean();
                    byte[] scales = new byte[blocks[0] * blocks[1]];
                    float[] expected = new float[scales.length];
                    for (int i = 0; i < scales.length; i++) {
                        scales[i] = (byte) random.nextInt(100, 150);
                        expected[i] = (float) Math.pow(2, scales[i] & 255) / 0x1p127f;
                        if (powers) {
                            expected[i] = Math.scalb(1f, (scales[i] & 255) - 127);
                        } else {
                            expected[i] = (float) random.nextDouble(0.1, 3);
                        }
                    }
                    int first = random.nextInt(rows);
                    int count = random.nextInt(rows - first + 1);
                    float[] found = new float[count * width + 1];
                    found[count * width] = 42;
                    try {
                        Path file =
                                write(
                                        rows,
                                        width,
                                        ones(rows * width),
                                        powers ? "F8_E8M0" : "F32",
                                        blocks,
                                        powers ? scales : floats(expected));
                        try (Checkpoint checkpoint = Checkpoint.open(file)) {
                            assertThat(checkpoint.isScaled("w")).isTrue();
                            checkpoint.decodeRows("w", first, count, found);
                        }
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                    for (int i = 0; i < count * width; i++) {
                        int row = first + i / width;
                        int column = i % width;
                        assertThat(found[i])
                                .isEqualTo(expected[row / BLOCK * blocks[1] + column / BLOCK]);
                    }
                    assertThat(found[count * width]).isEqualTo(42);
                });
    }

    private static void decode(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            checkpoint.decodeRows("w", 0, 1, new float[500]);
        }
    }

    @Test
    void scalesOfTheWrongShapeAreRefusedWithBothShapes() throws IOException {
        Path file = write(200, 130, ones(200 * 130), "F32", new int[] {2, 1}, floats(1, 1));
        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(ShapeMismatchException.class)
                .hasMessageContaining("w_scale_inv")
                .hasMessageContaining("[2, 2]")
                .hasMessageContaining("[2, 1]");
    }

    @Test
    void missingScalesAreNamed() throws IOException {
        Path file = write(2, 2, ones(4), "", new int[0], new byte[0]);
        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(MissingTensorException.class)
                .hasMessageContaining("w_scale_inv");
    }

    @Test
    void scalesOfAnotherTypeAreRefused() throws IOException {
        Path file = write(2, 2, ones(4), "I32", new int[] {1, 1}, new byte[4]);
        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(UnsupportedTensorException.class)
                .hasMessageContaining("scales of type I32, expected F32 or F8_E8M0");
    }

    @Test
    void scalesThatAreNoNumbersAreRefused() throws IOException {
        Path file = write(2, 2, ones(4), "F32", new int[] {1, 1}, floats(Float.NaN));
        assertThatThrownBy(() -> decode(file))
                .isInstanceOf(CheckpointFormatException.class)
                .hasMessageContaining("holds the scale NaN at block 0, 0");
        Path powers = write(2, 2, ones(4), "F8_E8M0", new int[] {1, 1}, new byte[] {-1});
        assertThatThrownBy(() -> decode(powers)).isInstanceOf(CheckpointFormatException.class);
    }

    @Test
    void rowsBeyondTheEndAreRefused() throws IOException {
        Path file = write(2, 2, ones(4), "F32", new int[] {1, 1}, floats(1));
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            assertThatThrownBy(() -> checkpoint.decodeRows("w", 1, 2, new float[4]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> checkpoint.decodeRows("w", 0, 2, new float[3]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> checkpoint.decodeRows("v", 0, 1, new float[3]))
                    .isInstanceOf(MissingTensorException.class);
        }
    }
}
