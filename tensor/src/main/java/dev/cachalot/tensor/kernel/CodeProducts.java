package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.TileFormat.QUAD;
import static dev.cachalot.tensor.kernel.TileFormat.ROWS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Int8 products with tiled weights: rows are quantised, up to six side by side, then machine code
 * runs over the tiles. An output's bits depend on its row and its weight only.
 */
final class CodeProducts {
    private static final int MOST_ROWS = ActivationLayout.MOST_ROWS;
    private static final long TASK_BYTES = 96L << 10; // of weights: half of a second-level cache
    private static final long LEAST_BYTES = 24L << 10;

    private final WorkerPool pool;
    private final Worker[] workers;
    private final WeightStore store;
    private MemorySegment packs = MemorySegment.NULL; // quantised rows of a call; grows
    private Arena packsArena = Arena.ofAuto();

    /** Native memory of one worker. */
    private static final class Worker {
        final MemorySegment row = Arena.ofAuto().allocate(4L * QUAD, 64); // a padded last quad
        final MemorySegment y = Arena.ofAuto().allocate(4L * MOST_ROWS * ROWS, 64); // a last tile
    }

    /** Quantised rows of one input, in one format; shared by all products that take it so. */
    private record Pack(Tensor x, TileFormat format, long at, int quads) {
        boolean serves(Tensor other, TileFormat wanted) {
            return x.segment().address() == other.segment().address()
                    && x.rowBytes() == other.rowBytes()
                    && x.rows() == other.rows()
                    && x.width() == other.width()
                    && Routines.Quantizing.of(format, 1).equals(Routines.Quantizing.of(wanted, 1));
        }

        long bytes() {
            long bytes = 0;
            int pieces = pieces(x.rows());
            for (int i = 0; i < pieces; i++) {
                bytes += pieceBytes(end(x.rows(), i) - start(x.rows(), i));
            }
            return bytes;
        }

        long pieceBytes(int rows) {
            return (long) quads * ActivationLayout.of(format, rows).quadBytes();
        }

        /** Where a piece lies; all pieces before it are of the longer size or its own. */
        long pieceAt(int piece) {
            long bytes = at;
            for (int i = 0; i < piece; i++) {
                bytes += pieceBytes(end(x.rows(), i) - start(x.rows(), i));
            }
            return bytes;
        }
    }

    CodeProducts(WorkerPool pool, WeightStore store) {
        this.pool = pool;
        this.store = store;
        workers = new Worker[pool.threads()];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker();
        }
    }

    private static int pieces(int rows) {
        return (rows + MOST_ROWS - 1) / MOST_ROWS;
    }

    private static int start(int rows, int piece) {
        return (int) ((long) rows * piece / pieces(rows));
    }

    private static int end(int rows, int piece) {
        return start(rows, piece + 1);
    }

    /** Lays a matrix in tiles. */
    TiledWeight prepare(Tensor matrix) {
        return TiledWeight.keep(matrix, store, pool);
    }

    /** Products, all with tiled weights. */
    void multiply(List<Product> products) {
        List<Pack> all = new ArrayList<>();
        Pack[] mine = new Pack[products.size()];
        long bytes = 0;
        long weightBytes = 0;
        for (int i = 0; i < mine.length; i++) {
            Product product = products.get(i);
            if (product.x().rows() == 0) {
                continue;
            }
            TiledWeight weight = (TiledWeight) product.weight();
            weightBytes += weight.count() * weight.tileBytes();
            for (Pack pack : all) {
                if (pack.serves(product.x(), weight.format())) {
                    mine[i] = pack;
                    break;
                }
            }
            if (mine[i] == null) {
                int quads = (product.x().width() + QUAD - 1) / QUAD;
                Pack made = new Pack(product.x(), weight.format(), bytes, quads);
                bytes += (made.bytes() + 63) / 64 * 64;
                all.add(made);
                mine[i] = made;
            }
        }
        if (packs.byteSize() < bytes) {
            packsArena = Arena.ofAuto();
            packs = packsArena.allocate(bytes + bytes / 4, 64);
        }
        quantize(all);
        long target = Math.clamp(weightBytes / (pool.threads() * 4L), LEAST_BYTES, TASK_BYTES);
        Units units = new Units();
        for (int i = 0; i < mine.length; i++) {
            if (mine[i] != null) {
                TiledWeight weight = (TiledWeight) products.get(i).weight();
                int step = (int) Math.max(1, target / weight.tileBytes());
                int rows = products.get(i).x().rows();
                for (int tile = 0; tile < weight.count(); tile += step) {
                    int to = Math.min(weight.count(), tile + step);
                    long cost =
                            (to - tile)
                                    * (weight.tileBytes() / 8
                                            + (long) ROWS * weight.inputs() * rows / 8);
                    units.add(i, 0, rows, tile, to, cost);
                }
            }
        }
        units.run(
                pool,
                (job, _, _, from, to, worker) ->
                        tiles(products.get(job), mine[job], from, to, workers[worker]));
    }

    private void quantize(List<Pack> all) {
        Units units = new Units();
        for (int i = 0; i < all.size(); i++) {
            int rows = all.get(i).x().rows();
            int count = pieces(rows);
            for (int piece = 0; piece < count; piece++) {
                int some = end(rows, piece) - start(rows, piece);
                units.add(i, piece, 0, 0, 0, (long) some * all.get(i).x().width());
            }
        }
        units.run(
                pool,
                (job, piece, _, _, _, worker) -> quantize(all.get(job), piece, workers[worker]));
    }

    private void quantize(Pack pack, int piece, Worker worker) {
        Tensor x = pack.x();
        int first = start(x.rows(), piece);
        int rows = end(x.rows(), piece) - first;
        ActivationLayout layout = ActivationLayout.of(pack.format(), rows);
        MemorySegment code = Routines.all().quantizer(pack.format(), rows);
        long at = packs.address() + pack.pieceAt(piece);
        int whole = x.width() / QUAD;
        int rest = x.width() - whole * QUAD;
        for (int t = 0; t < rows; t++) {
            long from = x.segment().address() + (first + t) * x.rowBytes();
            long codes = at + (long) TileFormat.BLOCK * t;
            long words = at + (long) ActivationLayout.WORD * t;
            if (whole > 0) {
                Routines.call(code, from, codes, words, whole, 0, 0);
            }
            if (rest > 0) {
                worker.row.fill((byte) 0);
                MemorySegment.copy(
                        x.segment(),
                        (first + t) * x.rowBytes() + 4L * QUAD * whole,
                        worker.row,
                        0,
                        4L * rest);
                long done = (long) whole * layout.quadBytes();
                Routines.call(code, worker.row.address(), codes + done, words + done, 1, 0, 0);
            }
        }
    }

    private void tiles(Product product, Pack pack, int from, int to, Worker worker) {
        TiledWeight weight = (TiledWeight) product.weight();
        Tensor y = product.y();
        int blocks = weight.inputs() / TileFormat.BLOCK;
        int whole = Math.min(to, weight.outputs() / ROWS);
        int count = pieces(y.rows());
        for (int piece = 0; piece < count; piece++) {
            int first = start(y.rows(), piece);
            int rows = end(y.rows(), piece) - first;
            MemorySegment code = Routines.all().product(weight.format(), rows);
            long x = packs.address() + pack.pieceAt(piece);
            if (whole > from) {
                long out = y.segment().address() + first * y.rowBytes() + 4L * ROWS * from;
                Routines.call(
                        code, weight.address(from), x, out, y.rowBytes(), blocks, whole - from);
            }
            if (to > whole) { // the last tile has fewer outputs
                Routines.call(
                        code, weight.address(whole), x, worker.y.address(), 4L * ROWS, blocks, 1);
                int some = weight.outputs() - whole * ROWS;
                for (int t = 0; t < rows; t++) {
                    MemorySegment.copy(
                            worker.y,
                            JAVA_FLOAT,
                            4L * ROWS * t,
                            y.segment(),
                            JAVA_FLOAT_UNALIGNED,
                            (first + t) * y.rowBytes() + 4L * ROWS * whole,
                            some);
                }
            }
        }
    }
}
