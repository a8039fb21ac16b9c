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

        /** The same with rows of another type. */
        public Layer withType(DType dtype) {
            return new Layer(
                    streams.stream().map(stream -> stream.withType(dtype)).toList(), pendingFloats);
        }
    }

    /** Rows of {@code width} numbers, one for {@code tokensPerRow} tokens. */
    public record Stream(String name, int width, DType dtype, int tokensPerRow) {
        Stream withType(DType other) {
            return new Stream(name, width, other, tokensPerRow);
        }
    }

    /** The same streams in every layer. */
    static CacheLayout of(int layers, List<Stream> streams) {
        return new CacheLayout(Collections.nCopies(layers, new Layer(streams, 0)));
    }

    /** The same with rows of another type. */
    public CacheLayout withType(DType dtype) {
        return new CacheLayout(layers.stream().map(layer -> layer.withType(dtype)).toList());
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
