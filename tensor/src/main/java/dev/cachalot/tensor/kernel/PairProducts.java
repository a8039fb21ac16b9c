package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;
import java.util.List;

/**
 * Products of numbers rounded to BF16 (to the nearest, ties to even) with sums of F32, by
 * vdpbf16ps: forward and both gradients. A sum is one chain over pairs, ascending, whatever the
 * number of rows and threads. The instruction always rounds to the nearest, and takes and gives
 * zero for numbers too small to be normal, whatever the thread's settings.
 */
final class PairProducts {
    private static final int DEPTH = 2 * Tile.DEPTH; // numbers a pass takes
    private static final int ROW_GRAIN = ProductCode.MOST_ROWS;
    private static final int MOST_ROWS = 120;
    private static final int MOST_COLUMNS = 512;
    private static final int GRADIENT_DEPTH = 256; // rows of the batch a pass takes
    private static final int GRADIENT_ROWS = 256;
    private static final int LEAST = 64; // a side shorter than this costs more than it balances

    private final WorkerPool pool;
    private final Scratch[] scratches;

    PairProducts(WorkerPool pool) {
        this.pool = pool;
        scratches = Scratch.perWorker(pool.threads());
    }

    PairPanels prepare(Tensor matrix) {
        PairPanels weight = new PairPanels(matrix);
        weight.pack(pool, scratches);
        return weight;
    }

    void refresh(PairPanels weight) {
        weight.pack(pool, scratches);
    }

    /** y = x Wᵀ. */
    void multiply(List<Product> products) {
        run(products, false);
    }

    /** x += y W. */
    void addInputGradients(List<Product> products) {
        for (Product product : products) {
            own(product).makeTurned(pool, scratches);
        }
        run(products, true);
    }

    private static PairPanels own(Product product) {
        if (product.weight() instanceof PairPanels pairs) {
            return pairs;
        }
        throw new IllegalArgumentException(
                "weight "
                        + product.weight().source()
                        + " was not prepared by these kernels; prepare it with the ones that use it");
    }

    private void run(List<Product> products, boolean turned) {
        Units units = new Units();
        long total = 0;
        for (Product product : products) {
            total += (long) product.x().rows() * product.weight().inputs() * product.y().width();
        }
        long target = Units.target(total, pool.threads());
        for (int i = 0; i < products.size(); i++) {
            Tensor from = turned ? products.get(i).y() : products.get(i).x();
            Tensor to = turned ? products.get(i).x() : products.get(i).y();
            units.cut(
                    i,
                    from.rows(),
                    ROW_GRAIN,
                    MOST_ROWS,
                    to.width(),
                    PANEL,
                    MOST_COLUMNS,
                    from.width(),
                    target);
        }
        units.run(
                pool,
                (job, rowFrom, rowTo, columnFrom, columnTo, worker) ->
                        rectangle(
                                products.get(job),
                                turned,
                                rowFrom,
                                rowTo,
                                columnFrom,
                                columnTo,
                                scratches[worker]));
    }

    private static void rectangle(
            Product product,
            boolean turned,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            Scratch scratch) {
        Tensor a = turned ? product.y() : product.x();
        Tensor c = turned ? product.x() : product.y();
        PairPanels weight = own(product);
        int rows = rowTo - rowFrom;
        int columns = columnTo - columnFrom;
        int ldc = Tile.padded(columns);
        float[] row = scratch.floats(0, DEPTH);
        float[] left = scratch.floats(1, rows * ProductCode.STRIDE);
        float[] result = scratch.floats(2, rows * ldc);
        if (turned) {
            for (int i = 0; i < rows; i++) {
                Rows.read(c, rowFrom + i, columnFrom, columns, result, i * ldc);
            }
        } else {
            Arrays.fill(result, 0, rows * ldc, 0);
        }
        for (int k = 0; k < a.width(); k += DEPTH) {
            int count = Math.min(DEPTH, a.width() - k);
            int padded = Tile.padded(count);
            for (int i = 0; i < rows; i++) {
                Rows.read(a, rowFrom + i, k, count, row, 0);
                Arrays.fill(row, count, padded, 0);
                ProductCode.roundRow(row, 0, padded / 32, left, i * ProductCode.STRIDE);
            }
            for (int j = 0; j < columns; j += PANEL) {
                int panel = (columnFrom + j) / PANEL;
                ProductCode.add(
                        ProductCode.Arithmetic.PAIRS,
                        ProductCode.Left.STRIDED,
                        left,
                        0,
                        turned ? weight.turned() : weight.panels(),
                        turned ? weight.turnedAt(panel, k / 2) : weight.at(panel, k / 2),
                        PairPanels.steps(count),
                        result,
                        j,
                        ldc,
                        rows,
                        Math.min(PANEL, columns - j));
            }
        }
        for (int i = 0; i < rows; i++) {
            Rows.write(result, i * ldc, columns, c, rowFrom + i, columnFrom);
        }
    }

    /** dW += dYᵀ X. */
    void addWeightGradients(List<WeightGradient> gradients) {
        long total = 0;
        for (WeightGradient gradient : gradients) {
            total += gradient.dw().shape().elements() * gradient.x().rows();
        }
        long target = Math.max(Units.WORTH, total / (pool.threads() == 1 ? 1 : 2 * pool.threads()));
        Units units = new Units();
        for (int i = 0; i < gradients.size(); i++) {
            WeightGradient gradient = gradients.get(i);
            int depth = gradient.x().rows();
            int rows = Math.min(GRADIENT_ROWS, gradient.dw().rows());
            int columns = Math.min(MOST_COLUMNS, gradient.dw().width());
            while ((long) rows * columns * depth > target && Math.max(rows, columns) > LEAST) {
                if (rows > columns) {
                    rows = (rows + 1) / 2;
                } else {
                    columns = (columns + 1) / 2;
                }
            }
            units.cut(
                    i,
                    gradient.dw().rows(),
                    PANEL,
                    rows,
                    gradient.dw().width(),
                    PANEL,
                    columns,
                    depth,
                    Long.MAX_VALUE);
        }
        units.run(
                pool,
                (job, rowFrom, rowTo, columnFrom, columnTo, worker) ->
                        gradient(
                                gradients.get(job),
                                rowFrom,
                                rowTo,
                                columnFrom,
                                columnTo,
                                scratches[worker]));
    }

    private static void gradient(
            WeightGradient gradient,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            Scratch scratch) {
        Tensor dw = gradient.dw();
        int rows = rowTo - rowFrom;
        int columns = columnTo - columnFrom;
        int ldc = Tile.padded(columns);
        int depth = gradient.x().rows();
        int most = GRADIENT_DEPTH / 2;
        float[] floats = scratch.floats(0, GRADIENT_DEPTH * PANEL);
        float[] left = scratch.floats(1, Tile.padded(rows) * most);
        float[] right = scratch.floats(2, ldc * most);
        float[] result = scratch.floats(3, rows * ldc);
        for (int i = 0; i < rows; i++) {
            Rows.read(dw, rowFrom + i, columnFrom, columns, result, i * ldc);
        }
        for (int t = 0; t < depth; t += GRADIENT_DEPTH) {
            int count = Math.min(GRADIENT_DEPTH, depth - t);
            for (int i = 0; i < rows; i += PANEL) {
                int width = Math.min(PANEL, rows - i);
                PairPanels.pairs(
                        gradient.dy(), t, count, rowFrom + i, width, floats, left, i * most);
            }
            for (int j = 0; j < columns; j += PANEL) {
                int width = Math.min(PANEL, columns - j);
                PairPanels.pairs(
                        gradient.x(), t, count, columnFrom + j, width, floats, right, j * most);
                for (int i = 0; i < rows; i += PANEL) {
                    ProductCode.add(
                            ProductCode.Arithmetic.PAIRS,
                            ProductCode.Left.INTERLEAVED,
                            left,
                            i * most,
                            right,
                            j * most,
                            PairPanels.steps(count),
                            result,
                            i * ldc + j,
                            ldc,
                            Math.min(PANEL, rows - i),
                            width);
                }
            }
        }
        for (int i = 0; i < rows; i++) {
            Rows.write(result, i * ldc, columns, dw, rowFrom + i, columnFrom);
        }
    }
}
