package dev.cachalot.tensor.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.assembly.ProductInstructions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks, once a process, set of instructions and type of weights, whether assembled products agree
 * on this CPU with plain sums over decoded weights. A CPU, or one that is emulated, may have an
 * instruction and not do it right.
 */
final class CodeCheck {
    private static final int OUTPUTS = 40; // a whole tile and a part of one
    private static final int INPUTS = 256;
    private static final int ROWS = 7; // a pair of pieces
    private static final double SHARE = 1e-5; // of the sum of magnitudes

    private record Kind(ProductInstructions instructions, DType dtype) {}

    private static final Map<Kind, Boolean> KNOWN = new ConcurrentHashMap<>();

    /** Whether products of this type are right. */
    static boolean passes(ProductInstructions instructions, DType dtype) {
        return KNOWN.computeIfAbsent(
                new Kind(instructions, dtype), _ -> check(instructions, dtype));
    }

    private static boolean check(ProductInstructions instructions, DType dtype) {
        SplittableRandom random = new SplittableRandom(dtype.name().hashCode());
        try (WorkerPool pool = new WorkerPool(1);
                Arena arena = Arena.ofConfined()) {
            Tensor matrix = matrix(dtype, random);
            Tensor x = floats(ROWS, INPUTS, arena);
            float[] numbers = new float[ROWS * INPUTS];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = random.nextInt(-127, 128); // codes that no scale changes
            }
            for (int i = 0; i < numbers.length; i += TileFormat.QUAD) {
                numbers[i] = 127;
            }
            x.setFloats(numbers);
            Tensor y = floats(ROWS, OUTPUTS, arena);
            CodeProducts products = new CodeProducts(pool, new TileMemory(), instructions);
            products.multiply(List.of(new Product(x, products.prepare(matrix), y)));
            return agrees(matrix.toFloats(), numbers, y);
        }
    }

    private static boolean agrees(float[] weights, float[] x, Tensor y) {
        for (int t = 0; t < ROWS; t++) {
            for (int n = 0; n < OUTPUTS; n++) {
                double sum = 0;
                double size = 0;
                for (int k = 0; k < INPUTS; k++) {
                    double term = (double) weights[n * INPUTS + k] * x[t * INPUTS + k];
                    sum += term;
                    size += Math.abs(term);
                }
                if (!(Math.abs(y.get(t, n) - sum) <= SHARE * size)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Random codes under scales of a usual size. */
    private static Tensor matrix(DType dtype, SplittableRandom random) {
        byte[] bytes = new byte[(int) (OUTPUTS * dtype.bytes(INPUTS))];
        random.nextBytes(bytes);
        for (int at = 0; at < bytes.length; at += dtype.blockBytes()) {
            if (dtype == DType.MXFP4) {
                bytes[at] = (byte) random.nextInt(118, 125);
                continue;
            }
            TileFormat format = TileFormat.of(dtype);
            int d = format.isSuper() ? SuperScales.places(dtype).d() : 0;
            setHalf(bytes, at + d, random);
            if (format.hasMinimum()) {
                int dMin = format.isSuper() ? SuperScales.places(dtype).dMin() : 2;
                setHalf(bytes, at + dMin, random);
            }
        }
        return Tensor.view(dtype, Shape.of(OUTPUTS, INPUTS), MemorySegment.ofArray(bytes));
    }

    private static void setHalf(byte[] bytes, int at, SplittableRandom random) {
        short half = Float.floatToFloat16((float) random.nextDouble(0.01, 0.1));
        bytes[at] = (byte) half;
        bytes[at + 1] = (byte) (half >> 8);
    }

    private static Tensor floats(int rows, int width, Arena arena) {
        MemorySegment memory = arena.allocate(JAVA_FLOAT, (long) rows * width);
        return Tensor.view(DType.F32, Shape.of(rows, width), memory);
    }

    private CodeCheck() {}
}
