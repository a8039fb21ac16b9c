package dev.cachalot.tensor.kernel;

import static dev.cachalot.tensor.kernel.TileFormat.QUAD;
import static dev.cachalot.tensor.kernel.TileFormat.ROWS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.cachalot.tensor.GatedProduct;
import dev.cachalot.tensor.Product;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.assembly.ProductInstructions;
import dev.cachalot.tensor.kernel.Routines.Weights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Int8 products with tiled weights: rows are quantised, up to six side by side, then machine code
 * runs over the tiles. An output's bits depend on its row and its weight only.
 */
final class CodeProducts {
    private static final int MOST_ROWS = ActivationLayout.MOST_ROWS;
    private static final int BLOCK_PIECES = 100; // of rows, that see the same run of weights
    private static final long RUN_BYTES =
            240L << 10; // of weights: a quarter of a second-level cache
    private static final int WIDEST_RUN = 512; // tiles
    private static final int TASKS = 8; // a thread, if all were as small as the last
    private static final long WORTH = Units.WORTH / 8; // of a task, in terms of tileCost

    private final WorkerPool pool;
    private final Worker[] workers;
    private final WeightStore store;
    private final Units units = new Units(); // of the call at hand
    private final ProductInstructions instructions;
    private MemorySegment packs = MemorySegment.NULL; // quantised rows of a call; grows
    private Arena packsArena = Arena.ofAuto();

    /** Native memory of one worker. */
    private static final class Worker {
        final MemorySegment row = Arena.ofAuto().allocate(4L * QUAD, 64); // a padded last quad
        final MemorySegment y = Arena.ofAuto().allocate(4L * MOST_ROWS * ROWS, 64); // a last tile
        final MemorySegment gate = run(); // a run of gated products
        final MemorySegment up = run();

        private static MemorySegment run() {
            return Arena.ofAuto().allocate(4L * MOST_ROWS * ROWS * WIDEST_RUN, 64);
        }
    }

    /** Quantised rows of one input, in one format; shared by all products that take it so. */
    private record Pack(Tensor x, TileFormat format, Routines.Products codes, long at, int quads) {
        boolean serves(Tensor other, TileFormat wanted) {
            return x.segment().address() == other.segment().address()
                    && x.rowBytes() == other.rowBytes()
                    && x.rows() == other.rows()
                    && x.width() == other.width()
                    && Routines.Quantizing.of(format, 1).equals(Routines.Quantizing.of(wanted, 1));
        }

        long bytes() {
            return x.rows() * rowBytes();
        }

        /** Where a piece lies. */
        long pieceAt(int piece) {
            return at + start(x.rows(), piece) * rowBytes();
        }

        /** What a row takes of its piece: layouts grow with their rows. */
        private long rowBytes() {
            return (long) quads * ActivationLayout.of(format, 1).quadBytes();
        }
    }

    CodeProducts(WorkerPool pool, WeightStore store, ProductInstructions instructions) {
        this.pool = pool;
        this.store = store;
        this.instructions = instructions;
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
        Call call = new Call();
        for (Product product : products) {
            call.add(product.x(), (TiledWeight) product.weight(), null, product.y());
        }
        call.run();
    }

    /** Gated products, all with tiled weights. */
    void multiplyGated(List<GatedProduct> products) {
        Call call = new Call();
        for (GatedProduct product : products) {
            call.add(
                    product.x(),
                    (TiledWeight) product.gate(),
                    (TiledWeight) product.up(),
                    product.y());
        }
        call.run();
    }

    /** A weight, what it is multiplied with, and the code that does it. */
    private record Factors(TiledWeight weight, Pack pack, Routines.Products codes) {}

    /** A product, or a gated one where {@code up} is there. */
    private record Job(Factors factors, @Nullable Factors up, Tensor y) {
        TiledWeight weight() {
            return factors.weight();
        }

        long tileBytes() {
            return weight().tileBytes() + (up == null ? 0 : up.weight().tileBytes());
        }

        /** Multiply-adds of a tile, and what they must read of weights, in their terms. */
        long tileCost(int rows) {
            int weights = up == null ? 1 : 2;
            return tileBytes() / 8 + (long) weights * ROWS * weight().inputs() * rows / 8;
        }
    }

    /** The products of one call. */
    private final class Call {
        private final List<Pack> all = new ArrayList<>();
        private final List<Job> jobs = new ArrayList<>();
        private long bytes;

        void add(Tensor x, TiledWeight weight, @Nullable TiledWeight up, Tensor y) {
            if (x.rows() > 0) {
                jobs.add(new Job(factors(x, weight), up == null ? null : factors(x, up), y));
            }
        }

        private Factors factors(Tensor x, TiledWeight weight) {
            Routines.Products codes = Routines.products(instructions, weight.format());
            return new Factors(weight, pack(x, weight.format(), codes), codes);
        }

        private Pack pack(Tensor x, TileFormat format, Routines.Products codes) {
            for (Pack pack : all) {
                if (pack.serves(x, format)) {
                    return pack;
                }
            }
            Pack made = new Pack(x, format, codes, bytes, (x.width() + QUAD - 1) / QUAD);
            bytes += (made.bytes() + 63) / 64 * 64;
            all.add(made);
            return made;
        }

        void run() {
            if (packs.byteSize() < bytes) {
                packsArena = Arena.ofAuto();
                packs = packsArena.allocate(bytes + bytes / 4, 64);
            }
            quantize(all);
            long cost = 0;
            for (Job job : jobs) {
                cost += job.weight().count() * job.tileCost(job.y().rows());
            }
            Shares shares = new Shares(units, cost, pool.threads(), TASKS, WORTH);
            for (int i = 0; i < jobs.size(); i++) {
                cut(shares, i, jobs.get(i));
            }
            shares.run(
                    pool,
                    (job, first, last, from, to, worker) ->
                            tiles(jobs.get(job), first, last, from, to, workers[worker]));
        }
    }

    /** Tasks of so many pieces of rows as the second-level cache holds, by as many tiles. */
    private static void cut(Shares shares, int index, Job job) {
        int rows = job.y().rows();
        int pieces = pieces(rows);
        int blocks = (pieces + BLOCK_PIECES - 1) / BLOCK_PIECES;
        int grain = job.factors().codes().streams(rows);
        for (int block = 0; block < blocks; block++) {
            int first = pieces * block / blocks;
            int last = pieces * (block + 1) / blocks;
            long tileCost = job.tileCost(end(rows, last - 1) - start(rows, first));
            shares.add(index, first, last, job.weight().count(), grain, tileCost);
        }
    }

    private void quantize(List<Pack> all) {
        units.clear();
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
        MemorySegment code = pack.codes().quantizer(rows);
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

    /** Pieces of rows by tiles: as many tiles at a time as the second-level cache keeps. */
    private void tiles(Job job, int first, int last, int from, int to, Worker worker) {
        int step = last - first == 1 ? to - from : (int) Math.max(1, RUN_BYTES / job.tileBytes());
        step = Math.min(step, WIDEST_RUN);
        int whole = Math.min(to, job.weight().outputs() / ROWS);
        for (int tile = from; tile < to; tile += step) {
            int end = Math.min(to, tile + step);
            for (int piece = first; piece < last; piece++) {
                int some = Math.min(end, whole) - tile;
                Weights where = where(tile == from, end == to, piece - first, last - first);
                if (some > 0) {
                    Tensor y = job.y();
                    long at =
                            y.segment().address()
                                    + start(y.rows(), piece) * y.rowBytes()
                                    + 4L * ROWS * tile;
                    run(job, piece, new Run(tile, some, where), at, y.rowBytes(), worker);
                }
                if (end > whole) { // the last tile has fewer outputs
                    Run one = new Run(whole, 1, where);
                    run(job, piece, one, worker.y.address(), 4L * ROWS, worker);
                    copyLast(job.y(), piece, whole, worker);
                }
            }
        }
    }

    /**
     * A task's first run comes from memory with its first piece of rows, each further one while the
     * last piece multiplies the run before it.
     */
    private static Weights where(boolean isFirst, boolean isLast, int piece, int pieces) {
        if (piece == 0 && (isFirst || pieces == 1)) {
            return Weights.FAR;
        }
        return piece == pieces - 1 && !isLast ? Weights.NEAR_THEN_NEXT : Weights.NEAR;
    }

    /** Tiles one behind the other, and where they are found. */
    private record Run(int tile, int tiles, Weights where) {}

    private void run(Job job, int piece, Run run, long y, long stride, Worker worker) {
        Factors up = job.up();
        if (up == null) {
            run(job.factors(), piece, run, y, stride);
            return;
        }
        int rows = end(job.y().rows(), piece) - start(job.y().rows(), piece);
        long rowBytes = 4L * ROWS * run.tiles();
        run(job.factors(), piece, run, worker.gate.address(), rowBytes);
        run(up, piece, run, worker.up.address(), rowBytes);
        Routines.call(
                Routines.swiGlu(),
                worker.gate.address(),
                worker.up.address(),
                y,
                stride,
                rows,
                (long) run.tiles() * ROWS / TileFormat.LANES);
    }

    private void run(Factors factors, int piece, Run run, long y, long stride) {
        int tile = run.tile();
        int tiles = run.tiles();
        TiledWeight weight = factors.weight();
        Pack pack = factors.pack();
        Routines.Products codes = factors.codes();
        int rows = end(pack.x().rows(), piece) - start(pack.x().rows(), piece);
        long packed = packs.address() + pack.pieceAt(piece);
        int blocks = weight.inputs() / TileFormat.BLOCK;
        int streams = codes.streams(rows);
        int together = streams == 1 ? 0 : tiles / streams; // tiles of a stream
        if (together > 0) {
            Routines.call(
                    codes.wide(rows), weight.address(tile), packed, y, stride, blocks, together);
        }
        int done = together * streams;
        if (done < tiles) {
            Routines.call(
                    codes.product(rows, run.where()),
                    weight.address(tile + done),
                    packed,
                    y + 4L * TileFormat.ROWS * done,
                    stride,
                    blocks,
                    tiles - done);
        }
    }

    private static void copyLast(Tensor y, int piece, int tile, Worker worker) {
        int first = start(y.rows(), piece);
        int rows = end(y.rows(), piece) - first;
        int some = y.width() - tile * ROWS;
        for (int t = 0; t < rows; t++) {
            MemorySegment.copy(
                    worker.y,
                    JAVA_FLOAT,
                    4L * ROWS * t,
                    y.segment(),
                    JAVA_FLOAT_UNALIGNED,
                    (first + t) * y.rowBytes() + 4L * ROWS * tile,
                    some);
        }
    }
}
