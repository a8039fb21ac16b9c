package dev.cachalot.model;

import dev.cachalot.tensor.DType;
import java.util.Collections;
import java.util.List;

/**
 * What a sequence keeps between forwards: per layer, named streams of rows, and a fixed amount of
 * pending state. Latent attention has one stream; other attentions have several.
 */
public record CacheLayout(List<Layer> layers) {
    public CacheLayout {
        layers = List.copyOf(layers);
    }

    /**
     * One layer's streams, and numbers of pending state a sequence (0 for attention without
     * windows).
     */
    public record Layer(List<Stream> streams, int pendingFloats) {
        public Layer {
            streams = List.copyOf(streams);
        }
    }

    /** Rows of {@code width} numbers, one for {@code tokensPerRow} tokens. */
    public record Stream(String name, int width, DType dtype, int tokensPerRow) {}

    /** One F32 stream of latents a layer. */
    static CacheLayout latent(int layers, int width) {
        Layer layer = new Layer(List.of(new Stream("latent", width, DType.F32, 1)), 0);
        return new CacheLayout(Collections.nCopies(layers, layer));
    }

    /** Bytes a token, all layers together. */
    public long bytesPerToken() {
        long bytes = 0;
        for (Layer layer : layers) {
            for (Stream stream : layer.streams()) {
                bytes += stream.dtype().bytes(stream.width()) / stream.tokensPerRow();
            }
        }
        return bytes;
    }
}
