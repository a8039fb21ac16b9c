package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random blocks and the 512 numbers that ggml's own reference functions read in them. */
final class BlockGoldenTest {
    private static final int COUNT = 512;

    @ParameterizedTest
    @EnumSource(
            names = {"F32", "F16", "BF16", "F8_E4M3", "I32"},
            mode = EnumSource.Mode.EXCLUDE)
    void blocksDecodeToTheBitsOfGgml(DType dtype) throws IOException {
        MemorySegment golden = golden(dtype);
        long bytes = dtype.bytes(COUNT);
        assertThat(golden.byteSize()).isEqualTo(bytes + 4 * COUNT);
        float[] numbers = new float[COUNT];
        BlockFormat.decode(dtype, golden, 0, COUNT, numbers, 0);
        for (int i = 0; i < COUNT; i++) {
            assertThat(Float.floatToRawIntBits(numbers[i]))
                    .as(
                            "number %d: %s, expected %s",
                            i, numbers[i], golden.get(JAVA_FLOAT_UNALIGNED, bytes + 4L * i))
                    .isEqualTo(golden.get(JAVA_INT_UNALIGNED, bytes + 4L * i));
        }
    }

    private static MemorySegment golden(DType dtype) throws IOException {
        return resource(dtype.name().toLowerCase(Locale.ROOT) + ".bin");
    }

    private static MemorySegment resource(String name) throws IOException {
        try (InputStream in = BlockGoldenTest.class.getResourceAsStream("blocks/" + name)) {
            assertThat(in).as(name).isNotNull();
            return MemorySegment.ofArray(in.readAllBytes());
        }
    }

    private static float[] numbers() throws IOException {
        return resource("numbers.f32").toArray(JAVA_FLOAT_UNALIGNED);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0"})
    void smallBlocksAreEncodedToTheBytesOfGgml(DType dtype) throws IOException {
        MemorySegment expected = resource(dtype.name().toLowerCase(Locale.ROOT) + ".encoded");
        float[] numbers = numbers();
        MemorySegment found = MemorySegment.ofArray(new byte[(int) dtype.bytes(numbers.length)]);
        BlockFormat.encode(dtype, numbers, 0, numbers.length, found, 0);
        assertThat(found.mismatch(expected)).as("first byte that differs").isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_K", "Q5_K", "Q6_K"})
    void largeBlocksAreEncodedAsNearAsGgmlDoes(DType dtype) throws IOException {
        MemorySegment theirs = resource(dtype.name().toLowerCase(Locale.ROOT) + ".encoded");
        float[] numbers = numbers();
        MemorySegment ours = MemorySegment.ofArray(new byte[(int) dtype.bytes(numbers.length)]);
        BlockFormat.encode(dtype, numbers, 0, numbers.length, ours, 0);
        double sum = 0;
        for (int start = 0; start < numbers.length; start += 256) {
            double expected = error(dtype, theirs, numbers, start);
            double found = error(dtype, ours, numbers, start);
            assertThat(found).as("numbers from %d on", start).isLessThan(1.1 * expected);
            sum += found / expected;
        }
        assertThat(sum * 256 / numbers.length).as("mean of the shares").isLessThan(1.02);
    }

    /** Root of the squared error of one block. */
    private static double error(DType dtype, MemorySegment blocks, float[] numbers, int from) {
        float[] decoded = new float[256];
        BlockFormat.decode(dtype, blocks, dtype.bytes(from), 256, decoded, 0);
        double sum = 0;
        for (int i = 0; i < 256; i++) {
            double difference = decoded[i] - numbers[from + i];
            sum += difference * difference;
        }
        return Math.sqrt(sum);
    }

    @Test
    void float8HasItsPublishedExtremes() {
        byte[] codes = {0x00, 0x01, 0x07, 0x08, 0x38, 0x7e, (byte) 0xfe, (byte) 0x80, 0x7f, -1};
        float[] numbers = new float[codes.length];
        BlockFormat.decode(
                DType.F8_E4M3, MemorySegment.ofArray(codes), 0, codes.length, numbers, 0);
        assertThat(numbers)
                .containsExactly(
                        0f,
                        0x1p-9f,
                        7 * 0x1p-9f,
                        0x1p-6f,
                        1f,
                        448f,
                        -448f,
                        -0f,
                        Float.NaN,
                        Float.NaN);
    }
}
