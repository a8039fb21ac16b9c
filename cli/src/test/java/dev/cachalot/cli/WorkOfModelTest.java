package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.model.MoeConfig;
import dev.cachalot.tensor.Rung;
import dev.cachalot.testing.Repository;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is counted, against the tensors of the embedded model's file. */
class WorkOfModelTest {
    private static final int TRIALS = 20_000;

    private static LoadedModel load() throws Exception {
        return ModelLoader.load(
                Repository.root().resolve("models/cachalot-v0.gguf"),
                new LoadOptions(1, OptionalInt.of(256), Rung.VECTOR));
    }

    /** Numbers, or bytes, of the layers' matrices that one token meets. */
    private static double inFile(LoadedModel model, boolean bytes) {
        MoeConfig moe = model.config().moe().orElseThrow();
        double sum = 0;
        for (TensorInfo each : model.checkpoint().tensorInfos()) {
            if (each.name().startsWith("blk.") && each.shape().rank() > 1) {
                double size =
                        bytes
                                ? each.dtype().orElseThrow().bytes(each.shape().elements())
                                : each.shape().elements();
                boolean routed = each.name().contains("_exps");
                sum += routed ? size * moe.route().topK() / moe.nRoutedExperts() : size;
            }
        }
        return sum;
    }

    @Test
    void attentionAndAllButOneRowOfLogitsAreLeftOut() throws Exception {
        try (LoadedModel model = load()) {
            WorkOfModel work = WorkOfModel.of(model.decoder(), model.kernels());
            double head = (double) model.config().vocabSize() * model.config().hiddenSize();
            double layers = inFile(model, false);
            assertThat(work.promptMacs(1, 1)).isCloseTo(layers + head, within(0.5));
            assertThat(work.promptMacs(3, 100)).isCloseTo(300 * layers + 3 * head, within(0.5));
            assertThat(work.macsWithAttention(0, 100)).isGreaterThan(100 * layers);
        }
    }

    @Test
    void aStepReadsWeightsOnceAndTheRowsOfEverySequence() throws Exception {
        try (LoadedModel model = load()) {
            WorkOfModel work = WorkOfModel.of(model.decoder(), model.kernels());
            double one = inFile(model, true) + work.head().bytes();
            assertThat(work.stepBytes(1, 0)).isCloseTo(one, within(0.5));
            double row = model.decoder().cacheLayout(model.kernels()).bytesPerToken();
            assertThat(work.stepBytes(8, 50) - work.stepBytes(8, 0))
                    .isCloseTo(8 * 50 * row, within(0.5));
        }
    }

    /** Against throwing dice. */
    @Test
    void ofExpertsTheExpectedNumberOfDifferentOnesCounts() throws Exception {
        try (LoadedModel model = load()) {
            WorkOfModel work = WorkOfModel.of(model.decoder(), model.kernels());
            SplittableRandom random = new SplittableRandom(1);
            for (int sequences : new int[] {2, 8}) {
                long different = 0;
                for (int trial = 0; trial < TRIALS; trial++) {
                    BitSet met = new BitSet();
                    for (int i = 0; i < sequences; i++) {
                        BitSet own = new BitSet();
                        while (own.cardinality() < work.chosen()) {
                            own.set(random.nextInt(work.experts()));
                        }
                        met.or(own);
                    }
                    different += met.cardinality();
                }
                double expected =
                        work.stepBytes(1, 0)
                                + work.routed().bytes()
                                        * ((double) different / TRIALS / work.chosen() - 1);
                assertThat(work.stepBytes(sequences, 0))
                        .isCloseTo(expected, within(0.01 * expected));
            }
        }
    }
}
