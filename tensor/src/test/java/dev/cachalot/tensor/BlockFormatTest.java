package dev.cachalot.tensor;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class BlockFormatTest {

    private static byte[] encode(DType dtype, float... numbers) {
        byte[] bytes = new byte[(int) dtype.bytes(numbers.length)];
        BlockFormat.encode(dtype, numbers, 0, numbers.length, MemorySegment.ofArray(bytes), 0);
        return bytes;
    }

    private static float[] decode(DType dtype, byte[] bytes, int count) {
        float[] numbers = new float[count];
        BlockFormat.decode(dtype, MemorySegment.ofArray(bytes), 0, count, numbers, 0);
        return numbers;
    }

    private static int[] halves(DType dtype, float... numbers) {
        MemorySegment bytes = MemorySegment.ofArray(encode(dtype, numbers));
        int[] halves = new int[numbers.length];
        for (int i = 0; i < halves.length; i++) {
            halves[i] = bytes.get(JAVA_SHORT_UNALIGNED, 2L * i) & 0xffff;
        }
        return halves;
    }

    @Test
    void bf16IsTheUpperHalfRoundedToNearestEven() {
        assertThat(
                        halves(
                                DType.BF16,
                                1f,
                                -2f,
                                Float.intBitsToFloat(0x3f808000), // a tie, down to even
                                Float.intBitsToFloat(0x3f818000), // a tie, up to even
                                Float.intBitsToFloat(0x3f808001),
                                Float.MAX_VALUE,
                                Float.NEGATIVE_INFINITY,
                                -0f))
                .containsExactly(0x3f80, 0xc000, 0x3f80, 0x3f82, 0x3f81, 0x7f80, 0xff80, 0x8000);
        // a NaN whose upper half would read as infinity
        assertThat(halves(DType.BF16, Float.intBitsToFloat(0x7f800001))).containsExactly(0x7fc0);
    }

    @Test
    void f16RoundsToNearestEvenAndKeepsSubnormals() {
        assertThat(halves(DType.F16, 1f, 65504f, 65520f, 0x1p-24f, 0x1p-25f, 2049f, 2051f))
                .containsExactly(0x3c00, 0x7bff, 0x7c00, 0x0001, 0x0000, 0x6800, 0x6802);
        byte[] bytes = {0x01, 0x00, (byte) 0xff, 0x7b, 0x00, (byte) 0xc0};
        assertThat(decode(DType.F16, bytes, 3)).containsExactly(0x1p-24f, 65504f, -2f);
    }

    @Test
    void everyHalfAndEveryBf16SurvivesDecodingAndEncoding() {
        byte[] all = new byte[2 << 16];
        for (int bits = 0; bits < 1 << 16; bits++) {
            all[2 * bits] = (byte) bits;
            all[2 * bits + 1] = (byte) (bits >>> 8);
        }
        for (DType dtype : new DType[] {DType.F16, DType.BF16}) {
            float[] numbers = decode(dtype, all, 1 << 16);
            int[] again = halves(dtype, numbers);
            for (int bits = 0; bits < 1 << 16; bits++) {
                if (!Float.isNaN(numbers[bits])) {
                    assertThat(again[bits]).isEqualTo(bits);
                }
            }
        }
    }

    @Test
    void q8BlocksAreAHalfPrecisionScaleAndSignedBytes() {
        float[] numbers = new float[64];
        numbers[0] = 127; // scale 1: numbers are their own bytes
        numbers[1] = -127;
        numbers[2] = 0.5f; // halves go away from zero
        numbers[3] = -0.5f;
        numbers[4] = 2.49f;
        numbers[5] = -63.5f;
        byte[] bytes = encode(DType.Q8_0, numbers);
        byte[] expected = new byte[68];
        expected[1] = 0x3c; // 1.0 as a half, little-endian
        expected[2] = 127;
        expected[3] = -127;
        expected[4] = 1;
        expected[5] = -1;
        expected[6] = 2;
        expected[7] = -64;
        assertThat(bytes).isEqualTo(expected); // the second block, all zero, has scale 0
        float[] decoded = decode(DType.Q8_0, bytes, 64);
        assertThat(decoded).startsWith(127, -127, 1, -1, 2, -64).endsWith(0, 0, 0);
    }

    @Test
    void q8NumbersAreWithinHalfAStepAndTheRoundingOfTheScale() {
        Cases.forAll(
                100,
                random -> {
                    float[] numbers = new float[32];
                    float largest = 0;
                    for (int i = 0; i < 32; i++) {
                        numbers[i] = (float) random.nextGaussian(0, 3);
                        largest = Math.max(largest, Math.abs(numbers[i]));
                    }
                    float[] decoded = decode(DType.Q8_0, encode(DType.Q8_0, numbers), 32);
                    double allowed = largest / 127 * 0.501 + largest * 0x1p-11;
                    for (int i = 0; i < 32; i++) {
                        assertThat((double) Math.abs(decoded[i] - numbers[i]))
                                .isLessThanOrEqualTo(allowed);
                    }
                });
    }

    @Test
    void offsetsAndStartsAreKeptApart() {
        byte[] bytes = new byte[20];
        float[] from = {9, 1, 2, 9};
        BlockFormat.encode(DType.F32, from, 1, 2, MemorySegment.ofArray(bytes), 5);
        float[] to = new float[4];
        BlockFormat.decode(DType.F32, MemorySegment.ofArray(bytes), 5, 2, to, 1);
        assertThat(to).containsExactly(0, 1, 2, 0);
        assertThat(bytes).startsWith(0, 0, 0, 0, 0).endsWith(0, 0, 0, 0, 0, 0, 0);
    }

    @Test
    void integersAreNoWeights() {
        assertThatThrownBy(() -> decode(DType.I32, new byte[4], 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("I32");
        assertThatThrownBy(() -> encode(DType.I32, 1f))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("I32");
    }

    @Test
    void rowsThatDoNotFillBlocksAreRefused() {
        assertThat(DType.Q8_0.bytes(96)).isEqualTo(102);
        assertThat(DType.BF16.bytes(3)).isEqualTo(6);
        assertThatThrownBy(() -> DType.Q8_0.bytes(33))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("33 numbers do not fill whole blocks of 32 (Q8_0)");
        assertThatThrownBy(() -> DType.F32.bytes(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DType.F32.bytes(Long.MAX_VALUE))
                .isInstanceOf(ArithmeticException.class);
    }
}
