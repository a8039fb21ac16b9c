package dev.cachalot.library;

import dev.cachalot.model.Cache;
import dev.cachalot.model.CacheLayout;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.PagedRows;
import dev.cachalot.tensor.Shape;
import dev.cachalot.tensor.Tensor;
import dev.cachalot.tensor.Workspace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Runs given tokens through a model, for the logits after each of them. */
public final class ForcedLogits {
    private static final int CHUNK = 256; // as the engine cuts prompts

    /** Takes the logits of one position after another. */
    @FunctionalInterface
    public interface Rows<E extends Exception> {
        /** The logits [V] after the token at {@code position}; valid during the call. */
        void row(int position, float[] logits) throws E;
    }

    /**
     * Feeds the tokens as one prompt, in the same chunks as the engine.
     *
     * @throws IllegalArgumentException if there are none, too many, or one outside the vocabulary
     * @throws E what {@code rows} throws
     */
    public static <E extends Exception> void of(LoadedModel model, int[] tokens, Rows<E> rows)
            throws E {
        check(model, tokens);
        Decoder decoder = model.decoder();
        int vocab = decoder.config().vocabSize();
        try (Workspace memory = new Workspace()) {
            Cache cache = cache(decoder.cacheLayout(model.kernels()), tokens.length, memory);
            Pass pass = new Pass(model.kernels(), memory, ForwardTrace.none());
            for (int from = 0; from < tokens.length; from += CHUNK) {
                int[] ids = Arrays.copyOfRange(tokens, from, Math.min(from + CHUNK, tokens.length));
                Workspace.Mark mark = memory.mark();
                ForwardBatch batch =
                        ForwardBatch.of(
                                List.of(
                                        new ForwardBatch.Chunk(
                                                0,
                                                ids,
                                                from,
                                                ForwardBatch.Form.NAIVE,
                                                ForwardBatch.Logits.ALL)));
                Tensor logits = decoder.forward(batch, cache, pass).logits(); // [chunk, V]
                float[] all = logits.toFloats();
                for (int i = 0; i < ids.length; i++) {
                    rows.row(from + i, Arrays.copyOfRange(all, i * vocab, (i + 1) * vocab));
                }
                memory.release(mark);
            }
        }
    }

    private static void check(LoadedModel model, int[] tokens) {
        if (tokens.length == 0 || tokens.length > model.contextLength()) {
            throw new IllegalArgumentException(
                    "found %,d tokens; expected 1 to %,d, the context this model is loaded with"
                            .formatted(tokens.length, model.contextLength()));
        }
        int vocab = model.config().vocabSize();
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= vocab) {
                throw new IllegalArgumentException(
                        "token %d of the list is %d; the vocabulary has ids 0 to %d"
                                .formatted(i, tokens[i], vocab - 1));
            }
        }
    }

    /** One block a stream: the whole of the only sequence. */
    private static Cache cache(CacheLayout layout, int length, Workspace memory) {
        List<List<PagedRows>> layers = new ArrayList<>();
        for (CacheLayout.Layer layer : layout.layers()) {
            List<PagedRows> streams = new ArrayList<>();
            for (CacheLayout.Stream stream : layer.streams()) {
                streams.add(
                        new PagedRows(
                                memory.tensor(stream.dtype(), Shape.of(length, stream.width())),
                                new int[] {0},
                                length));
            }
            layers.add(streams);
        }
        return (sequence, layer, stream) -> layers.get(layer).get(stream);
    }

    private ForcedLogits() {}
}
