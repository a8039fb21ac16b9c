package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.model.CacheLayout;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import java.util.List;
import org.junit.jupiter.api.Test;

class PagedCacheTest {
    private static final EngineConfig CONFIG = new EngineConfig(8192, 4, 8192, 4, 64);

    /** Two layers: keys and values, and values of which a row stands for four tokens. */
    private static final CacheLayout LAYOUT =
            new CacheLayout(
                    List.of(
                            layer(new CacheLayout.Stream("key", 6, DType.F32, 1)),
                            layer(
                                    new CacheLayout.Stream("key", 6, DType.F32, 1),
                                    new CacheLayout.Stream("pooled", 3, DType.F32, 4))));

    private final Kernels kernels = Kernels.of(Rung.SCALAR, new WorkerPool(1));

    private static CacheLayout.Layer layer(CacheLayout.Stream... streams) {
        return new CacheLayout.Layer(List.of(streams), 0);
    }

    @Test
    void growingKeepsTheRowsOfEveryStream() {
        int[] table = {2, 0};
        try (PagedCache cache = new PagedCache(LAYOUT, CONFIG, sequence -> table);
                Workspace workspace = new Workspace()) {
            cache.grow(3);
            int before = cache.capacity();
            Tensor keys = rows(workspace, 100, 6);
            Tensor pooled = rows(workspace, 25, 3);
            kernels.store(keys, cache.rows(1, 1, 0), 0);
            kernels.store(pooled, cache.rows(1, 1, 1), 0);
            cache.grow(before + 1);
            assertThat(cache.capacity()).isEqualTo(2 * before);
            cache.grow(128);
            assertThat(cache.capacity()).isEqualTo(128);
            assertThat(read(cache.rows(1, 1, 0), workspace, 100, 6)).isEqualTo(keys.toFloats());
            assertThat(read(cache.rows(1, 1, 1), workspace, 25, 3)).isEqualTo(pooled.toFloats());
            assertThat(cache.rows(1, 1, 1).blockSize()).isEqualTo(16);
        }
    }

    @Test
    void layoutsThatCannotBeKeptAreNamed() {
        CacheLayout half =
                new CacheLayout(List.of(layer(new CacheLayout.Stream("k", 6, DType.F16, 1))));
        assertThatThrownBy(() -> new PagedCache(half, CONFIG, sequence -> new int[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("F16");
        CacheLayout pending = new CacheLayout(List.of(new CacheLayout.Layer(List.of(), 5)));
        assertThatThrownBy(() -> new PagedCache(pending, CONFIG, sequence -> new int[0]))
                .hasMessageContaining("5 numbers of pending state");
    }

    private float[] read(PagedRows rows, Workspace workspace, int count, int width) {
        Tensor out = workspace.floats(count, width);
        kernels.load(rows, out);
        return out.toFloats();
    }

    private static Tensor rows(Workspace workspace, int count, int width) {
        Tensor tensor = workspace.floats(count, width);
        for (int row = 0; row < count; row++) {
            for (int column = 0; column < width; column++) {
                tensor.set(row, column, row + column / 16f);
            }
        }
        return tensor;
    }
}
