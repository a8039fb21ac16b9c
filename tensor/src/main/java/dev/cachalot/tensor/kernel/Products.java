package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.Tile.PANEL;

import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Weight;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import java.util.Arrays;
import java.util.List;

/**
 * Products with prepared weights, forward and to the inputs' gradients: both are {@code c += a b}
 * with b in panels.
 */
final class Products {
    private static final int DEPTH = Tile.DEPTH;
    private static final int ROW_GRAIN = 12; // the rows of the widest tile
    private static final int MOST_ROWS = 120;
    private static final int MOST_COLUMNS = 512;

    /** Up to this many rows a panel of floats is read as it lies, row by row. */
    private static final int FEW = 3;

    /** As above, of a weight that is decoded meanwhile. */
    private static final int FEW_DECODED = 2;

    private final WorkerPool pool;
    private final Scratch[] scratches;
    private final PanelWeight.Block[] blocks;

    private final WeightStore store;
    private final long keepBytes;
    private final boolean assembled;
    private long kept; // bytes of panels on the heap; owned by the thread that prepares

    /**
     * Products on a pool.
     *
     * @param store keeps quantised weights
     * @param keepBytes the heap that repacked copies of floats may take; the rest is decoded from
     *     the source whenever it is used. Trained weights (F32 that can be written) are always kept
     * @param assembled whether tiles are {@link ProductCode}'s; the bits are the same
     */
    Products(
            WorkerPool pool,
            Scratch[] scratches,
            WeightStore store,
            long keepBytes,
            boolean assembled) {
        this.pool = pool;
        this.scratches = scratches;
        this.store = store;
        this.keepBytes = keepBytes;
        this.assembled = assembled;
        blocks = new PanelWeight.Block[scratches.length];
        Arrays.setAll(blocks, _ -> new PanelWeight.Block());
    }

    PanelWeight prepare(Tensor matrix) {
        if (TiledWeight.fits(matrix)) {
            return new TilePanels(TiledWeight.keep(matrix, store, pool));
        }
        PanelWeight weight = isKept(matrix) ? new FloatPanels(matrix) : new StreamedPanels(matrix);
        refresh(weight);
        return weight;
    }

    private boolean isKept(Tensor matrix) {
        if (matrix.dtype() == DType.F32 && !matrix.segment().isReadOnly()) {
            return true;
        }
        long bytes =
                PreparedBytes.panels(matrix.dtype(), matrix.rows(), matrix.width())
                        .orElse(Long.MAX_VALUE);
        if (bytes > keepBytes - kept) {
            return false;
        }
        kept += bytes;
        return true;
    }

    void refresh(PanelWeight weight) {
        if (weight instanceof TilePanels tiles) {
            tiles.refresh(pool);
            return;
        }
        Split.over(
                pool,
                weight.panels(),
                (long) PANEL * weight.inputs(),
                (from, to, worker) -> weight.pack(from, to, scratches[worker]));
        if (weight instanceof FloatPanels floats && floats.hasTurned()) {
            packTurned(floats);
        }
    }

    private void packTurned(FloatPanels weight) {
        Split.over(
                pool,
                weight.turnedPanels(),
                (long) PANEL * weight.outputs(),
                (from, to, _) -> weight.packTurned(from, to));
    }

    void multiply(List<Product> products) {
        Units units = new Units();
        long total = 0;
        int rows = 0;
        for (Product product : products) {
            total += (long) product.x().rows() * product.weight().inputs() * product.y().width();
            rows = Math.max(rows, product.x().rows());
        }
        // few rows wait for the weights
        long worth = rows < ROW_GRAIN ? Units.WORTH / ROW_GRAIN : Units.WORTH;
        long target = Units.target(total, pool.threads(), worth);
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            units.cut(
                    i,
                    product.x().rows(),
                    ROW_GRAIN,
                    MOST_ROWS,
                    product.y().width(),
                    PANEL,
                    MOST_COLUMNS,
                    product.x().width(),
                    target);
        }
        units.run(
                pool,
                worth,
                (job, rowFrom, rowTo, columnFrom, columnTo, worker) -> {
                    Product product = products.get(job);
                    PanelWeight weight = own(product.weight());
                    if (rowTo - rowFrom <= few(weight)) {
                        few(product, weight, rowFrom, rowTo, columnFrom, columnTo, worker);
                    } else {
                        Right right = weight::block;
                        rectangle(
                                product.x(),
                                right,
                                product.y(),
                                false,
                                rowFrom,
                                rowTo,
                                columnFrom,
                                columnTo,
                                worker);
                    }
                });
    }

    private int few(PanelWeight weight) {
        return switch (weight) {
            case FloatPanels _ -> assembled ? 0 : FEW;
            case TilePanels _ -> FEW_DECODED;
            case StreamedPanels _ -> 1;
        };
    }

    void addInputGradients(List<Product> products) {
        Units units = new Units();
        long total = 0;
        for (Product product : products) {
            total += (long) product.x().rows() * product.weight().inputs() * product.y().width();
            FloatPanels weight = turnable(product);
            if (!weight.hasTurned()) {
                weight.makeTurned();
                packTurned(weight);
            }
        }
        long target = Units.target(total, pool.threads());
        for (int i = 0; i < products.size(); i++) {
            Product product = products.get(i);
            units.cut(
                    i,
                    product.x().rows(),
                    ROW_GRAIN,
                    MOST_ROWS,
                    product.x().width(),
                    PANEL,
                    MOST_COLUMNS,
                    product.y().width(),
                    target);
        }
        units.run(
                pool,
                (job, rowFrom, rowTo, columnFrom, columnTo, worker) -> {
                    Product product = products.get(job);
                    Right right = turnable(product)::turnedBlock;
                    rectangle(
                            product.y(),
                            right,
                            product.x(),
                            true,
                            rowFrom,
                            rowTo,
                            columnFrom,
                            columnTo,
                            worker);
                });
    }

    /** The weight as these kernels prepared it. */
    static PanelWeight own(Weight weight) {
        if (weight instanceof PanelWeight panels) {
            return panels;
        }
        throw new IllegalArgumentException(
                "weight "
                        + weight.source()
                        + " was not prepared by these kernels; prepare it with the ones that use it");
    }

    private static FloatPanels turnable(Product product) {
        if (own(product.weight()) instanceof FloatPanels weight
                && weight.source().dtype() == DType.F32) {
            return weight;
        }
        throw new IllegalArgumentException(
                "gradients through the weight "
                        + product.weight().source()
                        + "; only F32 weights in writable memory are trained, copy it there first");
    }

    /** Where blocks of the right matrix come from. */
    @FunctionalInterface
    private interface Right {
        void block(int panel, int from, int count, PanelWeight.Block into);
    }

    private void rectangle(
            Tensor a,
            Right right,
            Tensor c,
            boolean add,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            int worker) {
        int rows = rowTo - rowFrom;
        int computed =
                rows % 4 > 1 && !assembled ? (rows + 3) / 4 * 4 : rows; // four are as fast as two
        int columns = columnTo - columnFrom;
        int depth = a.width();
        int stride = ProductCode.STRIDE;
        int ldc = Tile.padded(columns);
        float[] left = scratches[worker].floats(0, computed * stride);
        float[] result = scratches[worker].floats(1, computed * ldc);
        PanelWeight.Block block = blocks[worker];
        if (add) {
            for (int i = 0; i < rows; i++) {
                Rows.read(c, rowFrom + i, columnFrom, columns, result, i * ldc);
            }
        } else if (depth == 0 || assembled) {
            Arrays.fill(result, 0, rows * ldc, 0);
        }
        for (int k = 0; k < depth; k += DEPTH) {
            int count = Math.min(DEPTH, depth - k);
            for (int i = 0; i < rows; i++) {
                Rows.read(a, rowFrom + i, k, count, left, i * stride);
            }
            for (int j = 0; j < columns; j += PANEL) {
                right.block((columnFrom + j) / PANEL, k, count, block);
                if (assembled) {
                    ProductCode.add(
                            ProductCode.Arithmetic.FLOATS,
                            ProductCode.Left.STRIDED,
                            left,
                            0,
                            block.numbers,
                            block.start,
                            count,
                            result,
                            j,
                            ldc,
                            rows,
                            Math.min(PANEL, columns - j));
                    continue;
                }
                Tile.strided(
                        left,
                        0,
                        stride,
                        block.numbers,
                        block.start,
                        count,
                        result,
                        j,
                        ldc,
                        computed,
                        Math.min(PANEL, columns - j),
                        !add && k == 0);
            }
        }
        for (int i = 0; i < rows; i++) {
            Rows.write(result, i * ldc, columns, c, rowFrom + i, columnFrom);
        }
    }

    private void few(
            Product product,
            PanelWeight weight,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columnTo,
            int worker) {
        int columns = columnTo - columnFrom;
        int depth = product.x().width();
        float[] x = scratches[worker].floats(0, depth);
        float[] y = scratches[worker].floats(1, Tile.padded(columns));
        int panelTo = (columnTo + PANEL - 1) / PANEL;
        for (int row = rowFrom; row < rowTo; row++) {
            Rows.read(product.x(), row, 0, depth, x, 0);
            Arrays.fill(y, 0, Tile.padded(columns), 0);
            weight.row(x, 0, columnFrom / PANEL, panelTo, y, 0, blocks[worker]);
            Rows.write(y, 0, columns, product.y(), row, columnFrom);
        }
    }
}
