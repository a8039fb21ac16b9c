package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.Kernels.WeightGradient;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import java.util.List;

/**
 * Gradients of weights, {@code dW += dYᵀ X}: rows of the result are outputs, columns are inputs,
 * the chain goes over the rows of the batch.
 */
final class WeightGradients {
    /** Rows of the batch a pass takes. */
    private static final int DEPTH = 256;

    private static final int MOST_ROWS = 256;
    private static final int MOST_COLUMNS = 512;
    private static final int LEAST = 64; // a side shorter than this costs more than it balances

    private final WorkerPool pool;
    private final Scratch[] scratches;
    private final boolean assembled;

    WeightGradients(WorkerPool pool, Scratch[] scratches, boolean assembled) {
        this.assembled = assembled;
        this.pool = pool;
        this.scratches = scratches;
    }

    void add(List<WeightGradient> gradients) {
        long total = 0;
        for (WeightGradient gradient : gradients) {
            total += gradient.dw().shape().elements() * gradient.x().rows();
        }
        long target = Math.max(Units.WORTH, total / (pool.threads() == 1 ? 1 : 2 * pool.threads()));
        Units units = new Units();
        for (int i = 0; i < gradients.size(); i++) {
            WeightGradient gradient = gradients.get(i);
            int depth = gradient.x().rows();
            int rows = Math.min(MOST_ROWS, gradient.dw().rows());
            int columns = Math.min(MOST_COLUMNS, gradient.dw().width());
            // a rectangle copies as many rows as it has rows and columns: cut as little as
            // balances the threads, and keep it square
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
                        rectangle(
                                gradients.get(job), rowFrom, rowTo, columnFrom, columnTo, worker));
    }

    private void rectangle(
            WeightGradient gradient,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            int worker) {
        Tensor dw = gradient.dw();
        int rows = rowTo - rowFrom;
        int columns = columnTo - columnFrom;
        int ldc = Tile.padded(columns);
        int depth = gradient.x().rows();
        float[] left = scratches[worker].floats(0, Tile.padded(rows) * DEPTH);
        float[] right = scratches[worker].floats(1, ldc * DEPTH);
        float[] result = scratches[worker].floats(2, Tile.padded(rows) * ldc);
        for (int i = 0; i < rows; i++) {
            Rows.read(dw, rowFrom + i, columnFrom, columns, result, i * ldc);
        }
        for (int t = 0; t < depth; t += DEPTH) {
            int count = Math.min(DEPTH, depth - t);
            Rows.readPanels(gradient.dy(), t, count, rowFrom, rows, left, DEPTH);
            Rows.readPanels(gradient.x(), t, count, columnFrom, columns, right, DEPTH);
            for (int j = 0; j < columns; j += PANEL) {
                for (int i = 0; i < rows; i += PANEL) {
                    if (assembled) {
                        ProductCode.add(
                                ProductCode.Arithmetic.FLOATS,
                                ProductCode.Left.INTERLEAVED,
                                left,
                                i * DEPTH,
                                right,
                                j * DEPTH,
                                count,
                                result,
                                i * ldc + j,
                                ldc,
                                Math.min(PANEL, rows - i),
                                Math.min(PANEL, columns - j));
                        continue;
                    }
                    Tile.interleaved(
                            left,
                            i * DEPTH,
                            right,
                            j * DEPTH,
                            count,
                            result,
                            i * ldc + j,
                            ldc,
                            Math.min(PANEL, rows - i),
                            Math.min(PANEL, columns - j));
                }
            }
        }
        for (int i = 0; i < rows; i++) {
            Rows.write(result, i * ldc, columns, dw, rowFrom + i, columnFrom);
        }
    }
}
