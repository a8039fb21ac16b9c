package dev.cachalot.model;

import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Workspace;
import java.util.HashMap;
import java.util.Map;

/** A cache for tests: blocks of 16 rows, handed out in an order that is not ascending. */
final class ContiguousCache implements Cache {
    private static final int BLOCK = 16;
    private final CacheLayout layout;
    private final Workspace memory;
    private final int blocks;
    private final Map<String, PagedRows> rows = new HashMap<>();

    ContiguousCache(CacheLayout layout, int length, Workspace memory) {
        this.layout = layout;
        this.memory = memory;
        this.blocks = (length + BLOCK - 1) / BLOCK;
    }

    @Override
    public PagedRows rows(int sequence, int layer, int stream) {
        return rows.computeIfAbsent(
                sequence + "/" + layer + "/" + stream,
                _ -> {
                    CacheLayout.Stream rows = layout.layers().get(layer).streams().get(stream);
                    Shape shape = Shape.of((long) blocks * BLOCK, rows.width());
                    int[] table = new int[blocks];
                    for (int i = 0; i < blocks; i++) {
                        table[i] = blocks - 1 - i;
                    }
                    return new PagedRows(memory.tensor(rows.dtype(), shape), table, BLOCK);
                });
    }
}
