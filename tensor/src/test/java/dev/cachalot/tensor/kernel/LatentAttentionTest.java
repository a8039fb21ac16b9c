package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tensor.assembly.CpuFeatures;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Absorbed attention over latents kept in BF16, held against the scalar rung's over the same
 * numbers in F32 and against itself in other company.
 */
class LatentAttentionTest {
    /** Of the size of outputs: inputs are BF16 already, so weights alone are rounded, by 2^-9. */
    private static final double SHARE = 0.01;

    private final WorkerPool pool = new WorkerPool(2);
    private final WorkerPool alone = new WorkerPool(1);
    private final Workspace memory = new Workspace();
    private final SplittableRandom random = new SplittableRandom(12);

    @BeforeEach
    void onlyOnACpuThatHasTheInstructions() {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty(), Rung.ASSEMBLED.unsupported()::toString);
        assumeTrue(CpuFeatures.detect().avx512bf16(), "the CPU has no BF16 products");
    }

    @AfterEach
    void close() {
        pool.close();
        alone.close();
        memory.close();
    }

    /** Numbers that BF16 holds. */
    private Tensor random(int rows, int width) {
        Tensor tensor = memory.floats(rows, width);
        float[] numbers = new float[rows * width];
        for (int i = 0; i < numbers.length; i++) {
            int bits = Float.floatToRawIntBits((float) random.nextGaussian());
            numbers[i] = Float.intBitsToFloat(bits & 0xffff0000);
        }
        tensor.setFloats(numbers);
        return tensor;
    }

    /** A sequence's rows in a pool of their type; everything else there is no number. */
    private PagedRows paged(Tensor rows, int blockSize, DType dtype) {
        int blocks = (rows.rows() + blockSize - 1) / blockSize;
        int all = (blocks + 2) * blockSize;
        Tensor cache = memory.tensor(dtype, Shape.of(all, rows.width()));
        cache.segment().fill((byte) 0xff);
        int[] table = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            table[i] = blocks + 1 - i;
        }
        PagedRows paged = new PagedRows(cache, table, blockSize);
        Kernels.of(Rung.ASSEMBLED, pool).store(rows, paged, 0);
        return paged;
    }

    private static void assertClose(String what, float[] found, float[] expected) {
        double squares = 0;
        for (float each : expected) {
            squares += (double) each * each;
        }
        double size = Math.sqrt(squares / expected.length);
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i])
                    .as("%s: number %d of %d", what, i, found.length)
                    .isCloseTo(expected[i], within(SHARE * size));
        }
    }

    @Test
    void agreesWithTheScalarRung() {
        for (int[] sizes :
                new int[][] {
                    // heads, key, value, queries, latents, rows of a block
                    {16, 576, 512, 1, 700, 64},
                    {1, 32, 32, 1, 1, 16},
                    {5, 96, 64, 7, 2443, 64},
                    {3, 64, 32, 9, 9, 5},
                    {40, 96, 96, 2, 1029, 256},
                    {16, 64, 32, 3, 130, 1},
                    {16, 64, 64, 1, 1024, 128},
                    {4, 80, 64, 3, 300, 64}, // the embedded model's
                    {2, 272, 256, 1, 135, 32} // the golden models'
                }) {
            AttentionShape shape = new AttentionShape(sizes[0], 1, sizes[1], sizes[2], 0.1f);
            int queries = sizes[3];
            int keys = sizes[4];
            String what = shape + " " + queries + " " + keys;
            Tensor rows = random(keys, sizes[1]);
            Tensor q = random(queries + 2, sizes[0] * sizes[1]);
            Tensor found = memory.zeros(queries + 2, (long) sizes[0] * sizes[2]);
            Tensor expected = memory.zeros(queries + 2, (long) sizes[0] * sizes[2]);
            PagedRows kept = paged(rows, sizes[5], DType.BF16);
            Kernels.of(Rung.ASSEMBLED, pool)
                    .attendLatent(q, shape, span(1, queries, kept, keys), found);
            PagedRows exact = paged(rows, sizes[5], DType.F32);
            Kernels.of(Rung.SCALAR, pool)
                    .attendLatent(q, shape, span(1, queries, exact, keys), expected);
            assertClose(what, found.toFloats(), expected.toFloats());
            assertThat(found.slice(0, 1).toFloats()).containsOnly(0); // no span's row
            assertThat(found.slice(queries + 1, 1).toFloats()).containsOnly(0);
        }
    }

    private static List<LatentSpan> span(int row, int queries, PagedRows latents, int keys) {
        return List.of(new LatentSpan(row, queries, latents, keys));
    }

    @Test
    void aQuerysBitsDependNeitherOnItsCompanyNorOnBlocksNorOnThreads() {
        AttentionShape shape = new AttentionShape(5, 1, 96, 64, 0.1f);
        int[] lengths = {1, 77, 1031, 2443};
        int queries = 7;
        List<LatentSpan> together = new ArrayList<>();
        List<Tensor> rows = new ArrayList<>();
        Tensor q = random(lengths.length * queries, 5 * 96);
        int at = 0;
        for (int length : lengths) {
            rows.add(random(length, 96));
            PagedRows latents = paged(rows.getLast(), 64, DType.BF16);
            int some = Math.min(length, queries);
            together.add(new LatentSpan(at, some, latents, length));
            at += some;
        }
        Tensor found = memory.zeros(at, 5 * 64);
        Kernels.of(Rung.ASSEMBLED, pool).attendLatent(q, shape, together, found);
        Kernels one = Kernels.of(Rung.ASSEMBLED, alone);
        Tensor single = memory.zeros(at, 5 * 64);
        for (int i = 0; i < lengths.length; i++) {
            LatentSpan span = together.get(i);
            PagedRows latents = paged(rows.get(i), 3, DType.BF16);
            for (int query = 0; query < span.queryCount(); query++) {
                int seen = span.keyCount() - span.queryCount() + query + 1;
                one.attendLatent(q, shape, span(span.queryRow() + query, 1, latents, seen), single);
            }
        }
        assertThat(single.toFloats()).isEqualTo(found.toFloats());
    }

    @Test
    void aNumberThatIsNoneStaysWithWhatSeesIt() {
        AttentionShape shape = new AttentionShape(2, 1, 64, 32, 0.2f);
        Tensor rows = random(300, 64);
        rows.set(295, 7, Float.NaN);
        Tensor q = random(10, 2 * 64);
        q.set(3, 5, Float.NaN); // the first head's
        Tensor out = memory.zeros(10, 2 * 32);
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        PagedRows latents = paged(rows, 64, DType.BF16);
        assembled.attendLatent(q, shape, span(0, 4, latents, 294), out);
        assembled.attendLatent(q, shape, span(4, 6, latents, 300), out);
        for (int row = 0; row < 10; row++) {
            for (int head = 0; head < 2; head++) {
                boolean none = Float.isNaN(out.get(row, 32 * head + 7));
                boolean sees = row >= 5;
                if (row != 4) { // in the company of those that see it, it may
                    boolean expected = sees || (row == 3 && head == 0);
                    assertThat(none).as("%d, %d", row, head).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void rowsAreRoundedToTheNearestAndReadBack() {
        Tensor x = memory.floats(5, 32);
        Tensor expected = memory.floats(5, 32);
        for (int row = 0; row < 5; row++) {
            for (int column = 0; column < 32; column++) {
                float number = (float) random.nextGaussian();
                int bits = Float.floatToRawIntBits(number);
                bits += 0x7fff + (bits >>> 16 & 1);
                x.set(row, column, number);
                expected.set(row, column, Float.intBitsToFloat(bits & 0xffff0000));
            }
        }
        Tensor pool = memory.tensor(DType.BF16, Shape.of(12, 32));
        PagedRows rows = new PagedRows(pool, new int[] {3, 0}, 3);
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, this.pool);
        assembled.store(x.slice(0, 2), rows, 0);
        assembled.store(x.slice(2, 3), rows, 2);
        Tensor read = memory.floats(5, 32);
        assembled.load(rows, read);
        assertThat(read.toFloats()).isEqualTo(expected.toFloats());
    }

    @Test
    void otherRungsSayThatTheyReadFloats() {
        AttentionShape shape = new AttentionShape(2, 1, 64, 32, 1);
        PagedRows latents = paged(random(4, 64), 4, DType.BF16);
        Tensor q = random(1, 2 * 64);
        Tensor out = memory.zeros(1, 2 * 32);
        for (Rung rung : List.of(Rung.SCALAR, Rung.VECTOR)) {
            Kernels kernels = Kernels.of(rung, pool);
            assertThatThrownBy(() -> kernels.attendLatent(q, shape, span(0, 1, latents, 4), out))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected numbers of type F32");
            assertThatThrownBy(() -> kernels.store(random(1, 64), latents, 0))
                    .hasMessageContaining("expected numbers of type F32");
        }
    }

    @Test
    void memoryThatTheRoutinesDoNotReachIsRefused() {
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        AttentionShape shape = new AttentionShape(2, 1, 64, 32, 1);
        PagedRows latents = paged(random(4, 64), 4, DType.BF16);
        float[] numbers = new float[2 * 64];
        Tensor heap = Tensor.view(DType.F32, Shape.of(2, 64), MemorySegment.ofArray(numbers));
        Tensor heapQuery =
                Tensor.view(DType.F32, Shape.of(1, 2 * 64), MemorySegment.ofArray(numbers));
        Tensor out = memory.zeros(1, 2 * 32);
        String outside = "expected memory outside the heap";
        assertThatThrownBy(() -> assembled.store(heap, latents, 0)).hasMessageContaining(outside);
        assertThatThrownBy(() -> assembled.load(latents, heap)).hasMessageContaining(outside);
        assertThatThrownBy(
                        () -> assembled.attendLatent(heapQuery, shape, span(0, 1, latents, 4), out))
                .hasMessageContaining("expected numbers of type F32");
        PagedRows halves = paged(random(4, 64), 4, DType.BF16);
        Tensor other = Tensor.view(DType.F16, halves.pool().shape(), halves.pool().segment());
        PagedRows f16 = new PagedRows(other, halves.blockTable(), 4);
        assertThatThrownBy(
                        () ->
                                assembled.attendLatent(
                                        random(1, 2 * 64), shape, span(0, 1, f16, 4), out))
                .hasMessageContaining("expected numbers of type F32");
    }

    @Test
    void latentsAreKeptInBf16WhereProductsRoundAnyway() {
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        AttentionShape shape = new AttentionShape(2, 1, 64, 32, 1);
        AttentionShape oddKeys = new AttentionShape(2, 1, 72, 64, 1);
        AttentionShape oddValues = new AttentionShape(2, 1, 64, 48, 1);
        Tensor codes = memory.tensor(DType.Q8_0, Shape.of(32, 32));
        codes.segment().fill((byte) 0);
        Weight rounded = assembled.prepare(codes);
        Weight exact = assembled.prepare(random(32, 32));
        assertThat(assembled.typeOfLatents(rounded, shape)).isEqualTo(DType.BF16);
        assertThat(assembled.typeOfLatents(rounded, oddKeys)).isEqualTo(DType.F32);
        assertThat(assembled.typeOfLatents(rounded, oddValues)).isEqualTo(DType.F32);
        assertThat(assembled.typeOfLatents(exact, shape)).isEqualTo(DType.F32);
        AttentionShape narrow = new AttentionShape(2, 1, 80, 64, 1);
        assertThat(assembled.typeOfLatents(rounded, narrow)).isEqualTo(DType.BF16);
        Kernels vector = Kernels.of(Rung.VECTOR, pool);
        assertThat(vector.typeOfLatents(vector.prepare(codes), shape)).isEqualTo(DType.F32);
    }
}
