package dev.cachalot.tensor.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.AttentionShape;
import dev.cachalot.tensor.AttentionSpan;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.HeadColumns;
import dev.cachalot.tensor.LatentSpan;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.PagedSpan;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tensor.assembly.CpuFeatures;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * BF16 attention of prompts, held against the scalar rung's and against itself in other company.
 */
class PromptAttentionTest {
    /** Of the size of outputs: inputs are BF16 already, so weights alone are rounded, by 2^-9. */
    private static final double SHARE = 0.01;

    private final WorkerPool pool = new WorkerPool(2);
    private final WorkerPool alone = new WorkerPool(1);
    private final Workspace memory = new Workspace();
    private final SplittableRandom random = new SplittableRandom(11);

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

    private Tensor random(int rows, int width) {
        Tensor tensor = memory.floats(rows, width);
        float[] numbers = new float[rows * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        tensor.setFloats(numbers);
        return rounded(tensor);
    }

    /** Its numbers rounded to BF16, to the nearest, ties to even. */
    private static Tensor rounded(Tensor tensor) {
        float[] numbers = tensor.toFloats();
        for (int i = 0; i < numbers.length; i++) {
            int bits = Float.floatToRawIntBits(numbers[i]);
            bits += 0x7fff + (bits >>> 16 & 1);
            numbers[i] = Float.intBitsToFloat(bits & 0xffff0000);
        }
        tensor.setFloats(numbers);
        return tensor;
    }

    private Tensor zeros(int rows, int width) {
        return memory.zeros(rows, width);
    }

    private Tensor quantised(int rows, int width) {
        Tensor tensor = memory.tensor(DType.Q8_0, Shape.of(rows, width));
        float[] row = new float[width];
        for (int i = 0; i < rows; i++) {
            for (int k = 0; k < width; k++) {
                row[k] = (float) (random.nextGaussian() / Math.sqrt(width));
            }
            tensor.encodeRow(i, row);
        }
        return tensor;
    }

    private PagedRows paged(int rows, int width, int blockSize) {
        int blocks = (rows + blockSize - 1) / blockSize;
        Tensor cache = random((blocks + 3) * blockSize, width);
        int[] table = new int[blocks];
        for (int i = 0; i < blocks; i++) {
            table[i] = blocks + 2 - i;
        }
        for (int row = 0; row < blockSize; row++) { // behind the last row nothing counts
            if (rows + row < blocks * blockSize) {
                float[] none = new float[width];
                Arrays.fill(none, Float.NaN);
                int place = table[blocks - 1] * blockSize + (rows + row) % blockSize;
                cache.slice(place, 1).setFloats(none);
            }
        }
        return new PagedRows(cache, table, blockSize);
    }

    private static void assertClose(Tensor found, Tensor expected) {
        float[] a = found.toFloats();
        float[] b = expected.toFloats();
        double squares = 0;
        for (float each : b) {
            squares += (double) each * each;
        }
        double size = Math.sqrt(squares / b.length);
        for (int i = 0; i < a.length; i++) {
            assertThat((double) a[i])
                    .as("number %d of %d", i, a.length)
                    .isCloseTo(b[i], within(SHARE * size));
        }
    }

    @Test
    void pagedPromptsAgreeWithTheScalarRung() {
        for (int[] sizes :
                new int[][] {
                    // heads, key heads, key, value, queries, keys, rows of a page
                    {2, 1, 32, 16, 1, 1, 16},
                    {6, 2, 48, 80, 37, 37, 32},
                    {12, 2, 128, 128, 100, 612, 64},
                    {4, 4, 64, 64, 300, 300, 256},
                    {3, 1, 16, 112, 7, 513, 16}
                }) {
            int keys = sizes[5];
            AttentionShape shape = new AttentionShape(sizes[0], sizes[1], sizes[2], sizes[3], 0.3f);
            PagedRows k = paged(keys, sizes[1] * sizes[2], sizes[6]);
            PagedRows v = paged(keys, sizes[1] * sizes[3], sizes[6]);
            Tensor q = random(sizes[4] + 2, sizes[0] * sizes[2]);
            Tensor found = zeros(sizes[4] + 2, sizes[0] * sizes[3]);
            Tensor expected = zeros(sizes[4] + 2, sizes[0] * sizes[3]);
            List<PagedSpan> spans = List.of(new PagedSpan(1, sizes[4], k, v, keys));
            Kernels.of(Rung.ASSEMBLED, pool).attendPrompts(q, shape, spans, found);
            Kernels.of(Rung.SCALAR, pool).attendPaged(q, shape, spans, expected);
            assertClose(found, expected);
            assertThat(found.slice(0, 1).toFloats()).containsOnly(0); // no span's row
            assertThat(found.slice(sizes[4] + 1, 1).toFloats()).containsOnly(0);
        }
    }

    @Test
    void aQuerysBitsDependNeitherOnItsChunkNorOnThreads() {
        AttentionShape shape = new AttentionShape(6, 2, 64, 48, 0.2f);
        int keys = 700;
        PagedRows k = paged(keys, 2 * 64, 64);
        PagedRows v = paged(keys, 2 * 48, 64);
        Tensor q = random(keys, 6 * 64);
        Tensor whole = zeros(keys, 6 * 48);
        Kernels two = Kernels.of(Rung.ASSEMBLED, pool);
        two.attendPrompts(q, shape, List.of(new PagedSpan(0, keys, k, v, keys)), whole);
        Tensor parts = zeros(keys, 6 * 48);
        Kernels one = Kernels.of(Rung.ASSEMBLED, alone);
        int[] ends = {256, 301, 512, 555, 700};
        int from = 0;
        for (int end : ends) {
            List<PagedSpan> span = List.of(new PagedSpan(from, end - from, k, v, end));
            one.attendPrompts(q, shape, span, parts);
            from = end;
        }
        assertThat(parts.toFloats()).isEqualTo(whole.toFloats());
    }

    @Test
    void expandedLatentsAgreeWithKeysAndValuesOfAllOfThem() {
        int heads = 5;
        int own = 32;
        int shared = 16;
        int value = 48;
        int rank = 64;
        int keys = 300;
        int queries = 290;
        AttentionShape shape = new AttentionShape(heads, heads, own + shared, value, 0.25f);
        PagedRows latents = paged(keys, rank + shared, 20);
        Tensor up = quantised(heads * (own + value), rank);
        Kernels scalar = Kernels.of(Rung.SCALAR, pool);
        Tensor q = random(queries, heads * shape.keyDim());
        Tensor found = zeros(queries, heads * value);
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        List<LatentSpan> spans = List.of(new LatentSpan(0, queries, latents, keys));
        Weight prepared = assembled.prepare(up);
        assertThat(assembled.attendExpanded(q, prepared, shape, spans, found)).isTrue();

        Tensor all = memory.floats(keys, rank + shared);
        scalar.load(latents, all);
        Tensor both = zeros(keys, heads * (own + value));
        assembled.multiply(all.columns(0, rank), prepared, both); // inputs rounded likewise
        Tensor k = zeros(keys, heads * shape.keyDim());
        Tensor v = zeros(keys, heads * value);
        HeadColumns source = new HeadColumns(0, own + value);
        scalar.copyHeads(both, source, k, new HeadColumns(0, own + shared), heads, own);
        scalar.copyHeads(
                all,
                new HeadColumns(rank, 0),
                k,
                new HeadColumns(own, own + shared),
                heads,
                shared);
        scalar.copyHeads(
                both,
                new HeadColumns(own, own + value),
                v,
                new HeadColumns(0, value),
                heads,
                value);
        rounded(k);
        rounded(v);
        Tensor expected = zeros(queries, heads * value);
        AttentionSpan span = new AttentionSpan(0, queries, 0, keys);
        Tensor sums = memory.floats(queries, heads);
        scalar.attend(q, k, v, shape, List.of(span), expected, sums);
        assertClose(found, expected);

        Tensor again = zeros(queries, heads * value);
        Kernels one = Kernels.of(Rung.ASSEMBLED, alone);
        List<LatentSpan> first = List.of(new LatentSpan(0, 100, latents, 110));
        List<LatentSpan> rest = List.of(new LatentSpan(100, 190, latents, 300));
        assertThat(one.attendExpanded(q, one.prepare(up), shape, first, again)).isTrue();
        assertThat(one.attendExpanded(q, one.prepare(up), shape, rest, again)).isTrue();
        assertThat(again.toFloats()).isEqualTo(found.toFloats());

        Tensor pool = memory.tensor(DType.BF16, latents.pool().shape());
        PagedRows kept = new PagedRows(pool, latents.blockTable(), latents.blockSize());
        assembled.store(all, kept, 0);
        List<LatentSpan> overKept = List.of(new LatentSpan(0, queries, kept, keys));
        Tensor same = zeros(queries, heads * value);
        assertThat(assembled.attendExpanded(q, prepared, shape, overKept, same)).isTrue();
        assertThat(same.toFloats()).isEqualTo(found.toFloats());
    }

    @Test
    void exactWeightsKeepTheirAttentionExact() {
        AttentionShape shape = new AttentionShape(2, 2, 48, 32, 1);
        PagedRows latents = paged(40, 32 + 16, 8);
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        Weight up = assembled.prepare(random(2 * (32 + 32), 32));
        List<LatentSpan> spans = List.of(new LatentSpan(0, 40, latents, 40));
        assertThat(assembled.attendExpanded(random(40, 96), up, shape, spans, zeros(40, 64)))
                .isFalse();
        assertThat(assembled.roundsInputs(up)).isFalse();
        assertThat(assembled.roundsInputs(assembled.prepare(quantised(2, 32)))).isTrue();
    }

    @Test
    void aNumberThatIsNoneStaysWithItsQueryAndWhatSeesIt() {
        AttentionShape shape = new AttentionShape(2, 1, 32, 32, 0.2f);
        PagedRows k = paged(64, 32, 32);
        PagedRows v = paged(64, 32, 32);
        Tensor q = random(64, 64);
        q.set(3, 5, Float.NaN);
        v.pool().set(v.poolRow(40), 7, Float.NaN);
        Tensor out = zeros(64, 64);
        Kernels.of(Rung.ASSEMBLED, pool)
                .attendPrompts(q, shape, List.of(new PagedSpan(0, 64, k, v, 64)), out);
        for (int row = 0; row < 64; row++) {
            for (int head = 0; head < 2; head++) {
                boolean none = Float.isNaN(out.get(row, 32 * head + 7));
                assertThat(none).isEqualTo(row >= 40 || (row == 3 && head == 0));
            }
        }
    }

    @Test
    void whatAWiderShapeLeftIsNotSeen() {
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, alone);
        AttentionShape wide = new AttentionShape(1, 1, 32, 64, 0.2f);
        PagedRows wideKeys = paged(33, 32, 32);
        PagedRows wideValues = paged(33, 64, 32);
        for (int column = 0; column < 64; column++) {
            wideValues.pool().set(wideValues.poolRow(32), column, Float.NaN);
        }
        PagedSpan before = new PagedSpan(0, 33, wideKeys, wideValues, 33);
        assembled.attendPrompts(random(33, 32), wide, List.of(before), zeros(33, 64));

        AttentionShape narrow = new AttentionShape(1, 1, 32, 32, 0.2f);
        PagedRows k = paged(33, 32, 32);
        PagedRows v = paged(33, 32, 32);
        Tensor out = zeros(33, 32);
        PagedSpan after = new PagedSpan(0, 33, k, v, 33);
        assembled.attendPrompts(random(33, 32), narrow, List.of(after), out);
        for (float each : out.toFloats()) {
            assertThat(each).isFinite();
        }
    }

    @Test
    void sizesThatPanelsCannotHoldAreLeftToOthers() {
        Tensor q = random(40, 2 * 40);
        Tensor out = zeros(40, 2 * 40);
        Kernels assembled = Kernels.of(Rung.ASSEMBLED, pool);
        AttentionShape odd = new AttentionShape(2, 2, 40, 40, 1);
        PagedRows latents = paged(40, 32 + 20, 8);
        Weight up = assembled.prepare(quantised(2 * (20 + 40), 32));
        List<LatentSpan> spans = List.of(new LatentSpan(0, 40, latents, 40));
        assertThat(assembled.attendExpanded(q, up, odd, spans, out)).isFalse();
        PagedRows k = paged(40, 80, 8);
        PagedRows v = paged(40, 80, 8);
        List<PagedSpan> paged = List.of(new PagedSpan(0, 40, k, v, 40));
        assembled.attendPrompts(q, odd, paged, out);
        Tensor expected = zeros(40, 80);
        assembled.attendPaged(q, odd, paged, expected);
        assertThat(out.toFloats()).isEqualTo(expected.toFloats());
    }
}
