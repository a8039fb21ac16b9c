package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.assembly.ProductInstructions.AVX512_VNNI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tensor.assembly.CpuFeatures;
import dev.cachalot.tensor.assembly.ProductInstructions;
import dev.cachalot.testing.Cases;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Assembled int8 products against sums in double of decoded weights and quantised rows. */
final class CodeProductsTest {
    static Stream<DType> types() {
        return Arrays.stream(DType.values()).filter(TileFormat::isTiled);
    }

    static Stream<Arguments> kinds() {
        return Arrays.stream(ProductInstructions.values())
                .flatMap(set -> types().map(dtype -> Arguments.of(set, dtype)));
    }

    static Stream<Arguments> narrowKinds() {
        return kinds().filter(kind -> kind.get()[0] != AVX512_VNNI);
    }

    private static void onlyOnACpuWith(ProductInstructions instructions) {
        assumeTrue(
                instructions.isSupported(),
                "this CPU has no " + instructions.title() + ": " + CpuFeatures.detect().brand());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aProductIsTheSumOfDecodedWeightsTimesQuantisedInputs(
            ProductInstructions instructions, DType dtype) {
        onlyOnACpuWith(instructions);
        Cases.forAll(
                4,
                random -> {
                    try (WorkerPool pool = new WorkerPool(2);
                            Workspace workspace = new Workspace();
                            Arena arena = Arena.ofShared()) {
                        int inputs = inputs(dtype, random);
                        int outputs = random.nextInt(1, 90);
                        int rows = random.nextInt(1, 20);
                        Tensor matrix = weights(dtype, outputs, inputs, random, arena);
                        CodeProducts products =
                                new CodeProducts(pool, new TileMemory(), instructions);
                        TiledWeight weight = products.prepare(matrix);
                        Tensor x = rows(rows, inputs, random, workspace);
                        Tensor y = workspace.floats(rows, outputs);
                        products.multiply(List.of(new Product(x, weight, y)));
                        float[] w = matrix.toFloats();
                        for (int t = 0; t < rows; t++) {
                            double[] codes = quantised(x, t);
                            for (int n = 0; n < outputs; n++) {
                                double sum = 0;
                                double size = 0;
                                for (int k = 0; k < inputs; k++) {
                                    double term = codes[k] * w[n * inputs + k];
                                    sum += term;
                                    size += Math.abs(term);
                                }
                                assertThat((double) y.get(t, n))
                                        .as("row %d, output %d of %s", t, n, matrix)
                                        .isCloseTo(sum, within(1e-5 * size + 1e-6));
                            }
                        }
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aRowGivesTheSameBitsAloneAndInAnyBatch(ProductInstructions instructions, DType dtype) {
        onlyOnACpuWith(instructions);
        Cases.forAll(
                3,
                random -> {
                    try (WorkerPool one = new WorkerPool(1);
                            WorkerPool two = new WorkerPool(2);
                            Workspace workspace = new Workspace();
                            Arena arena = Arena.ofShared()) {
                        int inputs = inputs(dtype, random);
                        int outputs = random.nextInt(1, 400);
                        int rows = random.nextInt(2, 14);
                        Tensor matrix = weights(dtype, outputs, inputs, random, arena);
                        CodeProducts alone = new CodeProducts(one, new TileMemory(), instructions);
                        CodeProducts many = new CodeProducts(two, new TileMemory(), instructions);
                        TiledWeight weight = alone.prepare(matrix);
                        Tensor x = rows(rows, inputs, random, workspace);
                        Tensor y = workspace.floats(rows, outputs);
                        Tensor z = workspace.floats(rows, outputs);
                        many.multiply(List.of(new Product(x, weight, y)));
                        for (int t = 0; t < rows; t++) {
                            alone.multiply(
                                    List.of(new Product(x.slice(t, 1), weight, z.slice(t, 1))));
                        }
                        assertThat(y.toFloats()).containsExactly(z.toFloats());
                    }
                });
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void runsOfTilesThatAreAskedForOneAheadGiveTheSameBits(
            ProductInstructions instructions, DType dtype) {
        onlyOnACpuWith(instructions);
        SplittableRandom random = new SplittableRandom(5);
        try (WorkerPool pool = new WorkerPool(1);
                Workspace workspace = new Workspace();
                Arena arena = Arena.ofShared()) {
            int outputs = 1100; // 35 tiles of 70 kB and more: six runs and more in the first task
            Tensor matrix = weights(dtype, outputs, 4096, random, arena);
            CodeProducts products = new CodeProducts(pool, new TileMemory(), instructions);
            TiledWeight weight = products.prepare(matrix);
            for (int rows : new int[] {3, 7, 13}) { // in 1, 2 and 3 pieces
                Tensor x = rows(rows, 4096, random, workspace);
                Tensor y = workspace.floats(rows, outputs);
                Tensor z = workspace.floats(rows, outputs);
                products.multiply(List.of(new Product(x, weight, y)));
                for (int t = 0; t < rows; t++) {
                    products.multiply(List.of(new Product(x.slice(t, 1), weight, z.slice(t, 1))));
                }
                assertThat(y.toFloats()).containsExactly(z.toFloats());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("narrowKinds")
    void allInstructionsGiveTheSameBits(ProductInstructions instructions, DType dtype) {
        onlyOnACpuWith(instructions);
        onlyOnACpuWith(AVX512_VNNI);
        Cases.forAll(
                12,
                random -> {
                    try (WorkerPool pool = new WorkerPool(1);
                            Workspace workspace = new Workspace();
                            Arena arena = Arena.ofShared()) {
                        int inputs = inputs(dtype, random);
                        int outputs = random.nextInt(1, 200);
                        int rows = random.nextInt(1, 14);
                        Tensor matrix = weights(dtype, outputs, inputs, random, arena);
                        Tensor x = rows(rows, inputs, random, workspace);
                        Tensor y = workspace.floats(rows, outputs);
                        Tensor z = workspace.floats(rows, outputs);
                        CodeProducts wide = new CodeProducts(pool, new TileMemory(), AVX512_VNNI);
                        CodeProducts some = new CodeProducts(pool, new TileMemory(), instructions);
                        wide.multiply(List.of(new Product(x, wide.prepare(matrix), y)));
                        some.multiply(List.of(new Product(x, some.prepare(matrix), z)));
                        assertThat(z.toFloats()).containsExactly(y.toFloats());
                    }
                });
    }

    @Test
    void productsOfACallShareRowsAndKeepToTheirColumns() {
        Cases.forAll(
                6,
                random -> {
                    try (WorkerPool pool = new WorkerPool(2);
                            Workspace workspace = new Workspace();
                            Arena arena = Arena.ofShared()) {
                        CodeProducts products =
                                new CodeProducts(pool, new TileMemory(), AVX512_VNNI);
                        int rows = random.nextInt(0, 9);
                        Tensor x = rows(rows, 512, random, workspace);
                        Tensor wide = workspace.zeros(rows, 3000);
                        List<Product> some = new ArrayList<>();
                        List<Product> each = new ArrayList<>();
                        Tensor apart = workspace.zeros(rows, 3000);
                        int column = 1;
                        for (DType dtype : types().toList()) {
                            int outputs = random.nextInt(1, 100);
                            TiledWeight weight =
                                    products.prepare(weights(dtype, outputs, 512, random, arena));
                            some.add(new Product(x, weight, wide.columns(column, outputs)));
                            each.add(new Product(x, weight, apart.columns(column, outputs)));
                            column += outputs + 1;
                        }
                        products.multiply(some);
                        each.forEach(product -> products.multiply(List.of(product)));
                        assertThat(wide.toFloats()).containsExactly(apart.toFloats());
                        for (int t = 0; t < rows; t++) {
                            assertThat(wide.get(t, 0)).isZero();
                            assertThat(wide.get(t, column)).isZero();
                        }
                    }
                });
    }

    @Test
    void aGatedProductIsSiluOfOneTimesTheOther() {
        onlyOnACpuWith(AVX512_VNNI);
        Cases.forAll(
                12,
                random -> {
                    try (WorkerPool pool = new WorkerPool(2);
                            Workspace workspace = new Workspace();
                            Arena arena = Arena.ofShared()) {
                        CodeProducts products =
                                new CodeProducts(pool, new TileMemory(), AVX512_VNNI);
                        int outputs = random.nextInt(1, 200);
                        int rows = random.nextInt(0, 20);
                        Tensor x = rows(rows, 512, random, workspace);
                        DType[] dtypes = types().toArray(DType[]::new);
                        DType one = dtypes[random.nextInt(dtypes.length)];
                        DType other = dtypes[random.nextInt(dtypes.length)];
                        TiledWeight gate =
                                products.prepare(weights(one, outputs, 512, random, arena));
                        TiledWeight up =
                                products.prepare(weights(other, outputs, 512, random, arena));
                        Tensor wide = workspace.zeros(rows, outputs + 40);
                        Tensor y = wide.columns(1, outputs);
                        products.multiplyGated(List.of(new GatedProduct(x, gate, up, y)));
                        Tensor gates = workspace.floats(rows, outputs);
                        Tensor ups = workspace.floats(rows, outputs);
                        products.multiply(List.of(new Product(x, gate, gates)));
                        products.multiply(List.of(new Product(x, up, ups)));
                        for (int t = 0; t < rows; t++) {
                            for (int n = 0; n < outputs; n++) {
                                double g = gates.get(t, n);
                                double expected = g / (1 + Math.exp(-g)) * ups.get(t, n);
                                assertThat((double) y.get(t, n))
                                        .as("row %d, output %d: gate %s", t, n, g)
                                        .isCloseTo(
                                                expected,
                                                within(2e-6 * Math.abs(expected) + 1e-30));
                            }
                            assertThat(wide.get(t, 0)).isZero();
                            assertThat(wide.get(t, outputs + 1)).isZero();
                        }
                    }
                });
    }

    private static int inputs(DType dtype, SplittableRandom random) {
        return dtype.blockSize() * random.nextInt(1, dtype.blockSize() == 32 ? 30 : 5);
    }

    private static Tensor weights(
            DType dtype, int outputs, int inputs, SplittableRandom random, Arena arena) {
        Tensor matrix =
                Tensor.view(
                        dtype,
                        Shape.of(outputs, inputs),
                        arena.allocate(outputs * dtype.bytes(inputs)));
        RandomWeights.fill(matrix, random);
        return matrix;
    }

    private static Tensor rows(int rows, int width, SplittableRandom random, Workspace workspace) {
        Tensor x = workspace.floats(rows, width + 3).columns(2, width);
        float[] numbers = new float[rows * width];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (random.nextGaussian() * Math.exp(i / 100 % 5));
        }
        x.setFloats(numbers);
        return x;
    }

    /** The slow twin of the quantiser. */
    private static double[] quantised(Tensor x, int row) {
        double[] all = new double[x.width()];
        for (int from = 0; from < all.length; from += TileFormat.QUAD) {
            int to = Math.min(all.length, from + TileFormat.QUAD);
            float most = QuantizeKernel.LEAST;
            for (int k = from; k < to; k++) {
                most = Math.max(most, Math.abs(x.get(row, k)));
            }
            float scale = most * (1f / 127);
            float inverse = 127 / most;
            for (int k = from; k < to; k++) {
                all[k] = Math.rint(x.get(row, k) * inverse) * (double) scale;
            }
        }
        return all;
    }
}
