package dev.cachalot.engine;

import dev.cachalot.model.Cache;
import dev.cachalot.model.CacheLayout;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The memory of sequences: one pool of blocks for each stream of each layer, any layout. Blocks get
 * memory when they are first used; the pools grow by doubling. Owned by the engine thread.
 */
final class PagedCache implements Cache, AutoCloseable {
    private static final int FIRST_TOKENS = 2048; // memory taken at the first use, at least

    private final CacheLayout layout;
    private final int blockSize; // tokens
    private final int totalBlocks;
    private final IntFunction<int[]> blockTables;
    private Workspace memory = new Workspace(); // owned; replaced when the pools grow
    private List<List<Tensor>> pools = List.of(); // a layer, a stream: [blocks * rows, width]
    private int capacity; // blocks that have memory

    /**
     * @param blockTables blocks of a sequence, by its number
     */
    PagedCache(CacheLayout layout, EngineConfig config, IntFunction<int[]> blockTables) {
        this.layout = layout;
        this.blockSize = config.blockSize();
        this.totalBlocks = config.blocks();
        this.blockTables = blockTables;
        for (CacheLayout.Layer layer : layout.layers()) {
            check(layer);
        }
    }

    private void check(CacheLayout.Layer layer) {
        if (layer.pendingFloats() != 0) {
            throw new IllegalArgumentException(
                    "the model keeps "
                            + layer.pendingFloats()
                            + " numbers of pending state a layer; this engine keeps rows only");
        }
        for (CacheLayout.Stream stream : layer.streams()) {
            boolean isKnown = stream.dtype() == DType.F32 || stream.dtype() == DType.BF16;
            if (!isKnown || blockSize % stream.tokensPerRow() != 0) {
                throw new IllegalArgumentException(
                        stream
                                + " cannot be kept in blocks of "
                                + blockSize
                                + " tokens: rows of floats are needed, a whole number of them a block");
            }
        }
    }

    @Override
    public PagedRows rows(int sequence, int layer, int stream) {
        int tokensPerRow = layout.layers().get(layer).streams().get(stream).tokensPerRow();
        return new PagedRows(
                pools.get(layer).get(stream),
                blockTables.apply(sequence),
                blockSize / tokensPerRow);
    }

    /** Sees to it that the first {@code blocks} blocks have memory; keeps what they hold. */
    void grow(int blocks) {
        if (blocks <= capacity) {
            return;
        }
        long wanted = Math.max(Math.max(blocks, 2L * capacity), FIRST_TOKENS / blockSize);
        int grown = (int) Math.min(wanted, totalBlocks);
        Workspace larger = new Workspace();
        try {
            List<List<Tensor>> copies = new ArrayList<>();
            for (int l = 0; l < layout.layers().size(); l++) {
                List<Tensor> streams = new ArrayList<>();
                for (int s = 0; s < layout.layers().get(l).streams().size(); s++) {
                    CacheLayout.Stream stream = layout.layers().get(l).streams().get(s);
                    long rows = (long) grown * (blockSize / stream.tokensPerRow());
                    Tensor pool = larger.tensor(stream.dtype(), Shape.of(rows, stream.width()));
                    if (capacity > 0) {
                        Tensor before = pools.get(l).get(s);
                        pool.slice(0, before.rows()).setAll(before);
                    }
                    streams.add(pool);
                }
                copies.add(streams);
            }
            pools = copies;
        } catch (RuntimeException | Error failure) {
            larger.close();
            throw failure;
        }
        memory.close();
        memory = larger;
        capacity = grown;
    }

    /** Blocks that have memory. */
    int capacity() {
        return capacity;
    }

    @Override
    public void close() {
        memory.close();
    }
}
