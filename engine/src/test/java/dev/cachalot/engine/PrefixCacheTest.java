package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PrefixCacheTest {
    private static final int CHUNK = Sequence.CHUNK_TOKENS;
    private final BlockPool pool = new BlockPool(8);
    private final PrefixCache prefixes = new PrefixCache(pool);

    private static int[] tokens(int... values) { // one value a chunk
        int[] tokens = new int[values.length * CHUNK];
        for (int i = 0; i < values.length; i++) {
            Arrays.fill(tokens, i * CHUNK, (i + 1) * CHUNK, values[i]);
        }
        return tokens;
    }

    /** Enters a chain whose blocks nobody else holds. */
    private void enter(int... values) {
        int[] tokens = tokens(values);
        PrefixCache.Entry previous = null;
        for (int i = 1; i <= values.length; i++) {
            int block = pool.acquire();
            previous = prefixes.insert(previous, tokens, i * CHUNK, new int[] {block});
            pool.release(block);
        }
    }

    private int found(int... values) {
        int[] tokens = tokens(values);
        return prefixes.match(tokens, tokens.length).size();
    }

    @Test
    void chunkCountsOnlyBehindTheSameBeginning() {
        enter(1, 2);
        enter(3);
        assertThat(found(1, 2, 9)).isEqualTo(2);
        assertThat(found(1, 9)).isEqualTo(1);
        assertThat(found(3, 2)).isEqualTo(1);
        assertThat(found(2)).isZero();
        assertThat(prefixes.match(tokens(1, 2), 2 * CHUNK - 1)).hasSize(1);
    }

    @Test
    void lastOfAChainIsEvictedBeforeTheOnesItFollows() {
        enter(1, 2, 3);
        assertThat(prefixes.evict()).isTrue();
        assertThat(found(1, 2, 3)).isEqualTo(2);
        assertThat(prefixes.evict()).isTrue();
        assertThat(found(1, 2, 3)).isEqualTo(1);
        assertThat(prefixes.evict()).isTrue();
        assertThat(prefixes.evict()).isFalse();
        assertThat(pool.used()).isZero();
    }

    @Test
    void leastRecentlyUsedGoesFirstAndWhatIsHeldStays() {
        enter(1);
        enter(2);
        enter(3);
        pool.retain(prefixes.match(tokens(2), CHUNK).getFirst().blocks()[0]);
        assertThat(found(1)).isEqualTo(1);
        assertThat(prefixes.evictable()).isEqualTo(2);
        prefixes.evict();
        assertThat(found(3)).isZero();
        prefixes.evict();
        assertThat(found(1)).isZero();
        assertThat(prefixes.evict()).isFalse();
        assertThat(found(2)).isEqualTo(1);
        prefixes.clear();
        assertThat(pool.used()).as("the holder's block").isEqualTo(1);
    }
}
