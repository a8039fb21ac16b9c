package dev.cachalot.checkpoint.repack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.BlockFormat;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One file of laid-out weights, read by every rung that can run here. */
final class RepackedKernelsTest {
    private static final List<DType> TYPES =
            List.of(DType.Q4_0, DType.Q8_0, DType.Q5_1, DType.Q4_K, DType.Q6_K, DType.F16);
    private static final int INPUTS = 512;

    @TempDir Path folder;
    private final List<Tensor> weights = new ArrayList<>();
    private long laidOut;

    private static Tensor weight(DType dtype, int rows, SplittableRandom random) {
        byte[] bytes = new byte[(int) dtype.bytes(INPUTS) * rows];
        float[] numbers = new float[INPUTS * rows];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        MemorySegment segment = MemorySegment.ofArray(bytes);
        BlockFormat.encode(dtype, numbers, 0, numbers.length, segment, 0);
        return Tensor.view(dtype, Shape.of(rows, INPUTS), segment);
    }

    /** What a rung makes of all weights, with tiles from the store. */
    private List<float[]> products(Rung rung, WeightStore store) {
        List<float[]> found = new ArrayList<>();
        try (WorkerPool pool = new WorkerPool(2);
                Workspace memory = new Workspace()) {
            Kernels kernels = Kernels.of(rung, pool, store);
            Tensor x = memory.floats(3, INPUTS);
            float[] numbers = new float[3 * INPUTS];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) Math.sin(i);
            }
            x.setFloats(numbers);
            for (Tensor each : weights) {
                Weight weight = kernels.prepare(each);
                Tensor y = memory.floats(3, each.rows());
                kernels.multiply(x, weight, y);
                found.add(y.toFloats());
            }
        }
        return found;
    }

    private List<float[]> fromFile(Rung rung) {
        laidOut = 0;
        RepackProgress progress =
                new RepackProgress() {
                    @Override
                    public void laidOut(long bytes, long total) {
                        laidOut = bytes;
                    }
                };
        Path path = folder.resolve("model.gguf.repacked");
        try (RepackedFile file = new RepackedFile(path, "model", 1, progress)) {
            List<float[]> found = products(rung, file);
            file.finish();
            return found;
        }
    }

    @Test
    void rungsInTurnReadOneFileAndGiveWhatTheyGiveFromMemory() {
        SplittableRandom random = new SplittableRandom(8);
        for (DType dtype : TYPES) {
            weights.add(weight(dtype, 70, random));
        }
        List<Rung> rungs = new ArrayList<>(List.of(Rung.VECTOR, Rung.VECTOR));
        if (Rung.ASSEMBLED.unsupported().isEmpty()) {
            rungs.addAll(List.of(Rung.ASSEMBLED, Rung.VECTOR, Rung.ASSEMBLED));
        }
        boolean isFirst = true;
        for (Rung rung : rungs) {
            List<float[]> found = fromFile(rung);
            assertThat(laidOut > 0).as("laid out by the %s rung", rung).isEqualTo(isFirst);
            isFirst = false;
            List<float[]> expected = products(rung, WeightStore.inMemory());
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i))
                        .as("%s, %s", rung, TYPES.get(i))
                        .isEqualTo(expected.get(i));
            }
        }
    }

    @Test
    void tilesOfAFileAreNotRefreshed() {
        weights.add(weight(DType.Q4_0, 3, new SplittableRandom(1)));
        fromFile(Rung.VECTOR);
        Path path = folder.resolve("model.gguf.repacked");
        try (WorkerPool pool = new WorkerPool(1);
                RepackedFile file = new RepackedFile(path, "model", 1, RepackProgress.NONE)) {
            Kernels kernels = Kernels.of(Rung.VECTOR, pool, file);
            Weight weight = kernels.prepare(weights.get(0));
            assertThatThrownBy(() -> kernels.refresh(weight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("kept in a file");
        }
    }
}
