package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.tensor.Rung;
import dev.cachalot.testing.Golden;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Models that are not in the repository need the shared folder beside the checkout. */
class ModelLoaderGoldenTest {
    private static Golden golden(String name) {
        Optional<Golden> found = Golden.find(name);
        assumeTrue(found.isPresent(), "the shared folder of golden models is not there");
        return found.get();
    }

    private static LoadOptions options(Rung rung, int context) {
        return new LoadOptions(2, OptionalInt.of(context), rung);
    }

    /** All of the manifest, so that a model added to it is judged too. */
    static List<String> models() {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("models")
    void forcedLogitsMatchOtherEnginesOnEveryRung(String name) throws Exception {
        Golden golden = golden(name);
        for (Rung rung : Rung.values()) {
            if (rung.unsupported().isPresent()) {
                continue;
            }
            float tolerance = rung == Rung.ASSEMBLED ? golden.tolerance() : golden.toleranceFp32();
            try (LoadedModel model = ModelLoader.load(golden.model(), options(rung, 64))) {
                int vocab = model.config().vocabSize();
                float[] all = new float[golden.tokens().length * vocab];
                ForcedLogits.of(
                        model,
                        golden.tokens(),
                        (row, logits) -> System.arraycopy(logits, 0, all, row * vocab, vocab));
                assertThat(golden.firstDifference(all, tolerance)).as("%s", rung).isEmpty();
            }
        }
    }

    @Test
    void theEngineChoosesTheArgMaxOfTheForcedLogits() throws Exception {
        Golden golden = golden("deepseek2-v3-legacy.gguf");
        try (LoadedModel model = ModelLoader.load(golden.model(), options(Rung.VECTOR, 64))) {
            int[] best = {-1};
            ForcedLogits.of(model, golden.tokens(), (_, logits) -> best[0] = argMax(logits));
            GenerationRequest request =
                    new GenerationRequest(
                            golden.tokens(), 1, SamplingParameters.greedy(), Set.of());
            try (TokenStream stream = model.engine().submit(request)) {
                assertThat(stream.next())
                        .isInstanceOfSatisfying(
                                GenerationEvent.Token.class,
                                token -> assertThat(token.id()).isEqualTo(best[0]));
            }
        }
    }

    private static int argMax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }
}
