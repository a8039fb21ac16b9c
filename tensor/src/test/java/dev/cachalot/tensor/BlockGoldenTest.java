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
        String name = "blocks/" + dtype.name().toLowerCase(Locale.ROOT) + ".bin";
        try (InputStream in = BlockGoldenTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return MemorySegment.ofArray(in.readAllBytes());
        }
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
