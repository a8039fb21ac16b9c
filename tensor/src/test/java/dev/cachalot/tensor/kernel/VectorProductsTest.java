package dev.cachalot.tensor.kernel;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.testing.Cases;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Products of the vector rung have every bit of the scalar rung's. */
class VectorProductsTest {
    private static final WorkerPool ONE = new WorkerPool(1);
    private static final WorkerPool TWO = new WorkerPool(2);
    private static final int[] SIZES = {1, 2, 3, 7, 13, 31, 32, 33, 48, 64, 207, 300, 702};
    private static final int[] ROWS = {0, 1, 2, 3, 4, 5, 7, 8, 9, 12, 31, 130, 300};

    private final Kernels scalar = new ScalarKernels(ONE);
    private final Kernels vector = new VectorKernels(TWO);

    @AfterAll
    static void close() {
        TWO.close();
        ONE.close();
    }

    private static int one(SplittableRandom random, int[] of) {
        return of[random.nextInt(of.length)];
    }

    static Tensor weight(SplittableRandom random, DType dtype, int outputs, int inputs) {
        Tensor tensor =
                Tensor.view(
                        dtype,
                        Shape.of(outputs, inputs),
                        Arena.ofAuto().allocate(dtype.bytes(inputs) * outputs, 2));
        RandomWeights.fill(tensor, random);
        return tensor;
    }

    @ParameterizedTest
    @EnumSource(names = "I32", mode = EnumSource.Mode.EXCLUDE)
    void forwardEqualsScalarBitForBit(DType dtype) {
        Cases.forAll(
                6,
                random -> {
                    int count = 1 + random.nextInt(4);
                    List<Product> expected = new ArrayList<>();
                    List<Product> found = new ArrayList<>();
                    List<Guarded> outs = new ArrayList<>();
                    List<Guarded> twins = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        int inputs = one(random, SIZES);
                        inputs = RandomWeights.inputs(dtype, inputs);
                        Tensor w = weight(random, dtype, one(random, SIZES), inputs);
                        Guarded x = Guarded.random(random, one(random, ROWS), inputs, 1);
                        Guarded y = Guarded.random(random, x.tensor().rows(), w.rows(), 1);
                        outs.add(y);
                        twins.add(y.twin());
                        found.add(new Product(x.tensor(), vector.prepare(w), y.tensor()));
                        expected.add(
                                new Product(x.tensor(), scalar.prepare(w), twins.get(i).tensor()));
                    }
                    vector.multiply(found);
                    scalar.multiply(expected);
                    for (int i = 0; i < count; i++) {
                        outs.get(i).assertSame(twins.get(i));
                    }
                });
    }

    @Test
    void inputGradientsEqualScalarBitForBit() {
        Cases.forAll(
                40,
                random -> {
                    Tensor w = weight(random, DType.F32, one(random, SIZES), one(random, SIZES));
                    Guarded dy = Guarded.random(random, one(random, ROWS), w.rows(), 1);
                    Guarded dx = Guarded.random(random, dy.tensor().rows(), w.width(), 1);
                    Guarded twin = dx.twin();
                    vector.addInputGradients(
                            List.of(new Product(dx.tensor(), vector.prepare(w), dy.tensor())));
                    scalar.addInputGradients(
                            List.of(new Product(twin.tensor(), scalar.prepare(w), dy.tensor())));
                    dx.assertSame(twin);
                });
    }

    @Test
    void weightGradientsEqualScalarBitForBit() {
        Cases.forAll(
                40,
                random -> {
                    int rows = one(random, ROWS);
                    Guarded dy = Guarded.random(random, rows, one(random, SIZES), 1);
                    Guarded x = Guarded.random(random, rows, one(random, SIZES), 1);
                    Guarded dw =
                            Guarded.contiguous(random, dy.tensor().width(), x.tensor().width(), 1);
                    Guarded twin = dw.twin();
                    vector.addWeightGradients(
                            List.of(new WeightGradient(dy.tensor(), x.tensor(), dw.tensor())));
                    scalar.addWeightGradients(
                            List.of(new WeightGradient(dy.tensor(), x.tensor(), twin.tensor())));
                    dw.assertSame(twin);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {1021, 4098})
    void longChainsEqualScalarBitForBit(int inputs) {
        SplittableRandom random = new SplittableRandom(inputs);
        Tensor w = weight(random, DType.F32, 35, inputs);
        Guarded x = Guarded.random(random, 13, inputs, 1);
        Guarded y = Guarded.random(random, 13, 35, 1);
        Guarded twin = y.twin();
        vector.multiply(x.tensor(), vector.prepare(w), y.tensor());
        scalar.multiply(x.tensor(), scalar.prepare(w), twin.tensor());
        y.assertSame(twin);
    }

    @Test
    void refreshTakesOverBothDirections() {
        SplittableRandom random = new SplittableRandom(7);
        Tensor w = weight(random, DType.F32, 40, 50);
        var prepared = vector.prepare(w);
        Guarded x = Guarded.random(random, 9, 50, 1);
        Guarded y = Guarded.random(random, 9, 40, 1);
        vector.addInputGradients(List.of(new Product(x.twin().tensor(), prepared, y.tensor())));
        w.set(3, 4, 5);
        vector.refresh(prepared);
        Guarded yTwin = y.twin();
        Guarded xTwin = x.twin();
        vector.multiply(x.tensor(), prepared, y.tensor());
        scalar.multiply(x.tensor(), scalar.prepare(w), yTwin.tensor());
        y.assertSame(yTwin);
        vector.addInputGradients(List.of(new Product(x.tensor(), prepared, y.tensor())));
        scalar.addInputGradients(
                List.of(new Product(xTwin.tensor(), scalar.prepare(w), y.tensor())));
        x.assertSame(xTwin);
    }
}
