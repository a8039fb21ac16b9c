package dev.cachalot.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowEncoderTest {
    private static final int WIDTH = 64;

    @TempDir Path folder = Path.of("");

    @Test
    void threadsAreAskedForFewRowsAheadAndTheirRowsComeOutInOrder() throws IOException {
        long rows = 9L * RowEncoder.PART / WIDTH + 5;
        AtomicLong asked = new AtomicLong();
        AtomicLong most = new AtomicLong();
        long[] told = {0, 0};
        double[] squares = {0};
        new GgufWriter(Metadata.builder().build())
                .add(
                        "w",
                        Shape.of(rows, WIDTH),
                        DType.F32,
                        (long first, int count, float[] target) -> {
                            most.accumulateAndGet((long) count * WIDTH, Math::max);
                            asked.addAndGet((long) count * WIDTH);
                            for (int i = 0; i < count * WIDTH; i++) {
                                target[i] = first + i / WIDTH;
                            }
                        })
                .encoding(
                        3,
                        (name, stored, numbers, error, squared) -> {
                            assertThat(asked.get() - told[0])
                                    .isLessThanOrEqualTo(6L * RowEncoder.PART);
                            told[0] += numbers;
                            told[1] += error == 0 ? 0 : 1;
                            squares[0] += squared;
                        })
                .write(folder.resolve("x.gguf"));
        assertThat(most.get()).isLessThanOrEqualTo(RowEncoder.PART);
        assertThat(told).containsExactly(rows * WIDTH, 0);
        assertThat(squares[0]).isPositive();
        try (Checkpoint read = Checkpoint.open(folder.resolve("x.gguf"))) {
            float[] row = new float[WIDTH];
            for (long at = 0; at < rows; at += 997) {
                read.decodeRows("w", at, 1, row);
                assertThat(row).containsOnly((float) at);
            }
            read.unload(); // pages come back when they are read
            read.decodeRows("w", rows - 1, 1, row);
            assertThat(row).containsOnly((float) (rows - 1));
        }
    }

    @Test
    void theErrorIsThatOfTheTypeAndCopiesHaveNone() throws IOException {
        double[] sums = new double[2];
        EncodingListener listener =
                (_, _, _, error, squares) -> {
                    sums[0] += error;
                    sums[1] += squares;
                };
        new SafetensorsWriter(Map.of())
                .add(
                        "w",
                        Shape.of(1, 2),
                        DType.BF16,
                        (long _, int _, float[] target) -> {
                            target[0] = 1 + 1 / 256f; // halfway between two BF16: to the even one
                            target[1] = 2;
                        })
                .encoding(1, listener)
                .write(folder.resolve("x.safetensors"));
        assertThat(sums[0]).isEqualTo(1.0 / 65_536);
        assertThat(sums[1]).isBetween(5.0, 5.01);
        try (Checkpoint read = Checkpoint.open(folder.resolve("x.safetensors"))) {
            new SafetensorsWriter(Map.of())
                    .add("w", read.find("w").orElseThrow())
                    .encoding(1, listener)
                    .write(folder.resolve("y.safetensors"));
        }
        assertThat(sums[0]).isEqualTo(1.0 / 65_536);
    }
}
