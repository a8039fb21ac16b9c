package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract of attention, in sizes that machine code takes. */
final class CodeAttentionTest implements AttentionContract {
    @BeforeAll
    static void onlyOnACpuThatRunsTheRung() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), Rung.ASSEMBLED.unsupported()::toString);
    }

    @Override
    public Kernels kernels(WorkerPool pool) {
        return Kernels.of(Rung.ASSEMBLED, pool);
    }

    @Override
    public AttentionShape suited(AttentionShape shape) {
        int valueDim = (shape.valueDim() + 31) / 32 * 32;
        int keyDim = Math.max(valueDim, (shape.keyDim() + 15) / 16 * 16);
        return new AttentionShape(shape.heads(), shape.kvHeads(), keyDim, valueDim, shape.scale());
    }

    @Test
    void aLongPastIsReadBlockByBlockAndANumberThatIsNoneStaysWithItsLane() {
        try (WorkerPool pool = new WorkerPool(2);
                Workspace workspace = new Workspace()) {
            SplittableRandom random = new SplittableRandom(4);
            AttentionShape shape = new AttentionShape(16, 1, 576, 512, 0.1f);
            int keys = 1000;
            Tensor rows = workspace.floats(1024, 576);
            fill(rows, random);
            int[] table = new int[16];
            for (int i = 0; i < 16; i++) {
                table[i] = 15 - i;
            }
            PagedRows latents = new PagedRows(rows, table, 64);
            Tensor q = workspace.floats(2, 16 * 576);
            fill(q, random);
            Tensor found = workspace.zeros(2, 16 * 512);
            Tensor expected = workspace.zeros(2, 16 * 512);
            List<LatentSpan> spans = List.of(new LatentSpan(0, 2, latents, keys));
            Kernels.of(Rung.ASSEMBLED, pool).attendLatent(q, shape, spans, found);
            Kernels.of(Rung.SCALAR, pool).attendLatent(q, shape, spans, expected);
            Expect.close("out", found, Expect.doubles(expected), 1e-5);
            q.set(1, 3 * 576, Float.NaN);
            Tensor poisoned = workspace.zeros(2, 16 * 512);
            Kernels.of(Rung.ASSEMBLED, pool).attendLatent(q, shape, spans, poisoned);
            for (int head = 0; head < 16; head++) {
                assertThat(poisoned.get(0, head * 512)).isEqualTo(found.get(0, head * 512));
                assertThat(Float.isNaN(poisoned.get(1, head * 512 + 5))).isEqualTo(head == 3);
            }
        }
    }

    @Test
    void onlySizesOfWholeVectorsAreTaken() {
        try (Workspace workspace = new Workspace()) {
            Tensor q = workspace.floats(1, 64);
            assertThat(CodeAttention.fits(new AttentionShape(2, 1, 48, 32, 1), q)).isTrue();
            assertThat(CodeAttention.fits(new AttentionShape(2, 1, 40, 32, 1), q)).isFalse();
            assertThat(CodeAttention.fits(new AttentionShape(2, 1, 48, 48, 1), q)).isFalse();
            Tensor onHeap =
                    Tensor.view(
                            DType.F32,
                            Shape.of(1, 2),
                            java.lang.foreign.MemorySegment.ofArray(new byte[8]));
            assertThat(CodeAttention.fits(new AttentionShape(2, 1, 48, 32, 1), onHeap)).isFalse();
        }
    }

    private static void fill(Tensor tensor, SplittableRandom random) {
        float[] numbers = new float[tensor.rows() * tensor.width()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        tensor.setFloats(numbers);
    }
}
