package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.testing.Cases;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tiles, decoded by vectors: all numbers of the source, to the bit. */
final class TilePanelsTest {
    static Stream<DType> types() {
        return Arrays.stream(DType.values()).filter(TileFormat::isTiled);
    }

    private static TilePanels panels(Tensor matrix) {
        try (WorkerPool pool = new WorkerPool(1)) {
            return new TilePanels(TiledWeight.keep(matrix, WeightStore.inMemory(), pool));
        }
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyBlockDecodesToTheNumbersOfTheSource(DType dtype) {
        Cases.forAll(
                8,
                random -> {
                    int inputs = dtype.blockSize() * random.nextInt(1, 2048 / dtype.blockSize());
                    int outputs = random.nextInt(1, 100);
                    Tensor matrix = VectorProductsTest.weight(random, dtype, outputs, inputs);
                    float[] numbers = matrix.toFloats();
                    TilePanels panels = panels(matrix);
                    PanelWeight.Block block = new PanelWeight.Block();
                    for (int k = 0; k < inputs; k += Tile.DEPTH) {
                        int count = Math.min(Tile.DEPTH, inputs - k);
                        for (int panel = 0; panel < panels.panels(); panel++) {
                            panels.block(panel, k, count, block);
                            for (int r = 0; r < Math.min(32, outputs - 32 * panel); r++) {
                                for (int i = 0; i < count; i++) {
                                    assertThat(block.numbers[block.start + i * Tile.PANEL + r])
                                            .as("row %d, input %d", 32 * panel + r, k + i)
                                            .isEqualTo(numbers[(32 * panel + r) * inputs + k + i]);
                                }
                            }
                        }
                    }
                });
    }

    /** All 65,536 halves, as scales of Q8_0 whose first code is 1. */
    @Test
    void everyHalfIsTheScaleThatItStandsFor() {
        Tensor matrix = VectorProductsTest.weight(new SplittableRandom(1), DType.Q8_0, 2048, 1024);
        for (int i = 0; i < 65_536; i++) {
            matrix.segment().set(JAVA_SHORT_UNALIGNED, 34L * i, (short) i);
            matrix.segment().set(JAVA_SHORT_UNALIGNED, 34L * i + 2, (short) 1);
        }
        TilePanels panels = panels(matrix);
        PanelWeight.Block block = new PanelWeight.Block();
        for (int i = 0; i < 65_536; i++) {
            int row = i / 32;
            int k = i % 32 * 32;
            if (i % 8 == 0) {
                panels.block(row / 32, k, 256, block);
            }
            float found = block.numbers[block.start + k % 256 * Tile.PANEL + row % 32];
            float expected = Float.float16ToFloat((short) i);
            if (Float.isFinite(expected)) {
                assertThat(found).as("half %d", i).isEqualTo(expected + 0f); // no negative zero
            } else {
                assertThat(Float.isFinite(found)).as("half %d", i).isFalse();
            }
        }
    }

    @Test
    void weightsThatCanBeWrittenFollowTheirSource() {
        SplittableRandom random = new SplittableRandom(4);
        try (WorkerPool pool = new WorkerPool(2);
                GuardedMemory memory = new GuardedMemory(random)) {
            Kernels kernels = new VectorKernels(pool);
            Tensor matrix = memory.weight(DType.Q4_K, 40, 512);
            var weight = kernels.prepare(matrix);
            matrix.segment().copyFrom(memory.weight(DType.Q4_K, 40, 512).segment());
            kernels.refresh(weight);
            Tensor x = memory.input(2, 512);
            Tensor found = memory.output(2, 40);
            Tensor expected = memory.output(2, 40);
            kernels.multiply(x, weight, found);
            kernels.multiply(x, kernels.prepare(matrix), expected);
            Expect.sameBits("y", found, expected);
        }
    }
}
