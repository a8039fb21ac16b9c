package dev.cachalot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.tensor.Rung;
import org.junit.jupiter.api.Test;

class EngineConfigTest {
    @Test
    void defaultsHoldAtLeastOneWholeContext() {
        try (TinyDecoder tiny = new TinyDecoder(Rung.SCALAR, 1)) {
            EngineConfig config = EngineConfig.defaults(tiny.decoder());
            assertThat(config.contextLength()).isEqualTo(TinyDecoder.CONTEXT);
            assertThat(config.longestSequence()).isEqualTo(TinyDecoder.CONTEXT);
            assertThat(config.cacheTokens()).isEqualTo(16 * TinyDecoder.CONTEXT);
        }
    }

    @Test
    void blockSizeMustDivideAChunk() {
        assertThatThrownBy(() -> new EngineConfig(512, 1, 512, 1, 48))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("blockSize is 48")
                .hasMessageContaining("256");
        assertThatThrownBy(() -> new EngineConfig(512, 1, 10, 1, 16))
                .hasMessageContaining("cacheTokens is 10");
        assertThatThrownBy(() -> new EngineConfig(512, 0, 512, 1, 16))
                .hasMessageContaining("maxSequences is 0");
    }

    @Test
    void contextBeyondTheModelsIsRefused() {
        try (TinyDecoder tiny = new TinyDecoder(Rung.SCALAR, 1)) {
            EngineConfig longer = new EngineConfig(TinyDecoder.CONTEXT + 1, 1, 4096, 1, 16);
            assertThatThrownBy(() -> tiny.engine(longer))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("loaded for 1024");
        }
    }
}
