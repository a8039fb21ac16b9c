package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BlockPoolTest {
    @Test
    void sharedBlockReturnsWithItsLastHolder() {
        BlockPool pool = new BlockPool(2);
        int block = pool.acquire();
        pool.retain(block);
        pool.release(block);
        assertThat(pool.used()).isEqualTo(1);
        pool.release(block);
        assertThat(pool.used()).isZero();
        assertThat(pool.acquire()).as("given out again, lowest memory first").isEqualTo(block);
        assertThat(pool.highest()).isEqualTo(1);
    }

    @Test
    void misuseIsNamed() {
        BlockPool pool = new BlockPool(1);
        assertThatThrownBy(() -> pool.release(0)).hasMessageContaining("released twice");
        assertThatThrownBy(() -> pool.retain(0)).hasMessageContaining("free");
        assertThat(pool.acquire()).isZero();
        assertThatThrownBy(pool::acquire).hasMessageContaining("all 1 blocks");
    }
}
