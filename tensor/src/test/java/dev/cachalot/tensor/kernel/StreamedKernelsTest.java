package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The vector rung when no weight may be repacked: the contract of products and rows holds too. */
final class StreamedKernelsTest implements ProductsContract, RowsContract {
    @Override
    public Kernels kernels(WorkerPool pool) {
        return new VectorKernels(pool, new TileMemory(), 0);
    }

    @Test
    void repackedCopiesStayWithinTheirLimit() {
        try (WorkerPool pool = new WorkerPool(1);
                GuardedMemory memory = new GuardedMemory(new SplittableRandom(3))) {
            Kernels kernels = new VectorKernels(pool, new TileMemory(), 2 * 32 * 64 * 4);
            Tensor half = memory.weight(DType.F16, 32, 64);
            Weight first = kernels.prepare(half);
            Weight second = kernels.prepare(half);
            Weight third = kernels.prepare(half);
            assertThat(first).isInstanceOf(FloatPanels.class);
            assertThat(second).isInstanceOf(FloatPanels.class);
            assertThat(third).isInstanceOf(StreamedPanels.class);
            assertThat(kernels.prepare(memory.weight(DType.Q4_K, 32, 256)))
                    .as("tiles lie outside the heap")
                    .isInstanceOf(TilePanels.class);
            assertThat(kernels.prepare(memory.weight(DType.F32, 32, 64)))
                    .as("trained numbers are repacked at every refresh")
                    .isInstanceOf(FloatPanels.class);
        }
    }

    @Test
    void aMatrixOfFourGigabytesIsReadAtItsEndAndTakesNoHeap(@TempDir Path folder)
            throws IOException {
        int inputs = 8192;
        int outputs = 300_001; // 4.9 GB of F16, a hole in the file but for its last row
        long rowBytes = DType.F16.bytes(inputs);
        byte[] last = new byte[(int) rowBytes];
        Tensor row = Tensor.view(DType.F16, Shape.of(1, inputs), MemorySegment.ofArray(last));
        RandomWeights.fill(row, new SplittableRandom(9));
        Path file = folder.resolve("hole.bin");
        try (WorkerPool pool = new WorkerPool(1);
                Arena arena = Arena.ofShared();
                FileChannel channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE_NEW,
                                StandardOpenOption.SPARSE,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(last), rowBytes * (outputs - 1L));
            MemorySegment mapped =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, rowBytes * outputs, arena);
            Tensor matrix = Tensor.view(DType.F16, Shape.of(outputs, inputs), mapped);
            Weight weight = new VectorKernels(pool).prepare(matrix);
            assertThat(weight).isInstanceOf(StreamedPanels.class);
            PanelWeight.Block block = new PanelWeight.Block();
            Products.own(weight).block((outputs - 1) / Tile.PANEL, inputs - 256, 256, block);
            float[] expected = row.toFloats();
            for (int k = 0; k < 256; k++) {
                assertThat(block.numbers[block.start + k * Tile.PANEL])
                        .isEqualTo(expected[inputs - 256 + k]);
            }
            float[] ends =
                    new ScalarKernels(pool).prepare(matrix) instanceof ScalarWeight plain
                            ? plain.row(outputs - 1)
                            : new float[0];
            assertThat(ends).isEqualTo(expected);
        }
    }
}
