package dev.cachalot.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What encoding leaves of numbers. */
final class BlockEncodingTest {

    /** A type and the error it leaves of normal numbers, as a share of their deviation. */
    record Known(DType dtype, double error) {}

    static List<Known> known() {
        return List.of(
                new Known(DType.F16, 0.00021),
                new Known(DType.BF16, 0.0017),
                new Known(DType.Q4_0, 0.0875),
                new Known(DType.Q4_1, 0.0800),
                new Known(DType.Q5_0, 0.0435),
                new Known(DType.Q5_1, 0.0385),
                new Known(DType.Q8_0, 0.0055),
                new Known(DType.Q4_K, 0.0725),
                new Known(DType.Q5_K, 0.0370),
                new Known(DType.Q6_K, 0.0180));
    }

    static List<DType> blocks() {
        return Arrays.stream(DType.values())
                .filter(dtype -> dtype.blockSize() > 1 && BlockFormat.canEncode(dtype))
                .toList();
    }

    private static float[] throughBlocks(DType dtype, float[] numbers) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) dtype.bytes(numbers.length)]);
        BlockFormat.encode(dtype, numbers, 0, numbers.length, bytes, 0);
        float[] decoded = new float[numbers.length];
        BlockFormat.decode(dtype, bytes, 0, numbers.length, decoded, 0);
        return decoded;
    }

    private static float[] normal(SplittableRandom random, int count, double deviation) {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian(0, deviation);
        }
        return numbers;
    }

    @ParameterizedTest
    @MethodSource("known")
    void normalNumbersLoseTheKnownShare(Known known) {
        Cases.forAll(
                3,
                random -> {
                    double deviation = Math.pow(10, random.nextInt(-2, 3));
                    float[] numbers = normal(random, 8192, deviation);
                    float[] decoded = throughBlocks(known.dtype(), numbers);
                    double sum = 0;
                    for (int i = 0; i < numbers.length; i++) {
                        sum += Math.pow(decoded[i] - numbers[i], 2);
                    }
                    double error = Math.sqrt(sum / numbers.length) / deviation;
                    assertThat(error).isBetween(0.9 * known.error(), known.error());
                });
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void noNumberGoesFurtherThanTheRangeOfItsBlock(DType dtype) {
        Cases.forAll(
                30,
                random -> {
                    double deviation = Math.pow(10, random.nextInt(-4, 4));
                    float[] numbers = normal(random, 256, deviation);
                    for (int i = 0; i < 256; i++) {
                        // outliers, zeros and runs of one number
                        numbers[i] *=
                                switch (random.nextInt(12)) {
                                    case 0 -> 20;
                                    case 1 -> 0;
                                    default -> 1;
                                };
                    }
                    Arrays.fill(numbers, 64, 64 + random.nextInt(64), numbers[0]);
                    float largest = 0;
                    for (float number : numbers) {
                        largest = Math.max(largest, Math.abs(number));
                    }
                    float[] decoded = throughBlocks(dtype, numbers);
                    for (int i = 0; i < 256; i++) {
                        // an eighth of the range is a step of the coarsest type, and its rounding
                        assertThat(Math.abs(decoded[i] - numbers[i]))
                                .as("%s for %s", decoded[i], numbers[i])
                                .isLessThanOrEqualTo(largest * 0.13f);
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void zerosStayZerosAndTinyNumbersBecomeThem(DType dtype) {
        for (float number : throughBlocks(dtype, new float[512])) {
            assertThat(Math.abs(number)).isZero(); // ggml's scale of a zero block may be -0
        }
        float[] tiny = new float[256];
        Arrays.fill(tiny, 1e-30f);
        tiny[3] = -1e-30f;
        for (float number : throughBlocks(dtype, tiny)) {
            assertThat(Math.abs(number)).isLessThan(1e-7f);
        }
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void encodingTwiceGivesTheSameBytesAndTouchesNoOthers(DType dtype) {
        float[] numbers = normal(new SplittableRandom(5), 3 * 256, 1);
        int length = (int) dtype.bytes(256);
        byte[] one = new byte[length + 6];
        byte[] two = new byte[length + 6];
        Arrays.fill(one, (byte) 77);
        Arrays.fill(two, (byte) 77);
        BlockFormat.encode(dtype, numbers, 256, 256, MemorySegment.ofArray(one), 3);
        BlockFormat.encode(dtype, numbers, 256, 256, MemorySegment.ofArray(two), 3);
        assertThat(one).isEqualTo(two).startsWith(77, 77, 77).endsWith(77, 77, 77);
        float[] alone = throughBlocks(dtype, Arrays.copyOfRange(numbers, 256, 512));
        float[] decoded = new float[258];
        BlockFormat.decode(dtype, MemorySegment.ofArray(one), 3, 256, decoded, 1);
        assertThat(Arrays.copyOfRange(decoded, 1, 257)).isEqualTo(alone);
        assertThat(decoded[0] + decoded[257]).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"Q2_K", "Q3_K", "IQ4_NL", "IQ4_XS", "MXFP4", "F8_E4M3"})
    void typesThatAreOnlyReadAreRefusedByName(DType dtype) {
        assertThat(BlockFormat.canEncode(dtype)).isFalse();
        assertThatThrownBy(() -> throughBlocks(dtype, new float[256]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(dtype.name())
                .hasMessageContaining("Q4_K");
    }
}
