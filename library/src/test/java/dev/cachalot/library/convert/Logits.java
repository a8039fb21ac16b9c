package dev.cachalot.library.convert;

import dev.cachalot.library.ForcedLogits;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.tensor.Rung;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** What a model makes of given tokens. */
final class Logits {

    static float[] of(Path model, int... tokens) throws IOException {
        LoadOptions options = new LoadOptions(2, OptionalInt.of(64), Rung.VECTOR);
        try (LoadedModel loaded = ModelLoader.load(model, options)) {
            int vocab = loaded.config().vocabSize();
            float[] all = new float[tokens.length * vocab];
            ForcedLogits.of(
                    loaded,
                    tokens,
                    (row, logits) -> System.arraycopy(logits, 0, all, row * vocab, vocab));
            return all;
        }
    }

    /** Root mean square of the difference over that of the expected numbers. */
    static double relativeError(float[] expected, float[] found) {
        double error = 0;
        double squares = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = (double) found[i] - expected[i];
            error += difference * difference;
            squares += (double) expected[i] * expected[i];
        }
        return Math.sqrt(error / squares);
    }

    private Logits() {}
}
