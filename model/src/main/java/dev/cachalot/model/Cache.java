package dev.cachalot.model;

import dev.cachalot.tensor.PagedRows;

/**
 * The rows that sequences keep, as a {@link CacheLayout} lays them out. A forward writes rows only
 * past a sequence's committed length; the engine moves that length.
 */
public interface Cache {

    /**
     * The rows of one stream of one layer of a sequence; must have room for every token of the
     * batch's chunk.
     */
    PagedRows rows(int sequence, int layer, int stream);

    /** For batches that start at position 0 and are forgotten: training. */
    static Cache none() {
        return (sequence, layer, stream) -> {
            throw new IllegalStateException(
                    "a chunk of sequence "
                            + sequence
                            + " needs a cache: it starts past position 0 or is absorbed");
        };
    }
}
