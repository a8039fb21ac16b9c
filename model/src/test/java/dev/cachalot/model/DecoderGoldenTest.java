package dev.cachalot.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.model.ForwardBatch.Chunk;
import dev.cachalot.model.ForwardBatch.Form;
import dev.cachalot.model.ForwardBatch.Logits;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Precision;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WeightStore;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tensor.assembly.ProductInstructions;
import dev.cachalot.tensor.kernel.AssembledKernels;
import dev.cachalot.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logits of the golden models against other engines. Three models are in the repository; the others
 * are skipped when the shared folder is not beside the checkout.
 */
class DecoderGoldenTest {
    private static final List<String> MODELS =
            List.of(
                    "deepseek2-v3-legacy",
                    "deepseek2-v2-legacy",
                    "deepseek2-v2-lite",
                    "deepseek2-v3-mla",
                    "deepseek2-v3-f16",
                    "deepseek2-v3-bf16",
                    "deepseek2-v3-q8_0",
                    "deepseek2-v3-q4_0",
                    "deepseek2-v3-q4_k",
                    "deepseek2-v3-q6_k",
                    "llama",
                    "qwen2",
                    "qwen3");

    /**
     * @param instructions of the assembled rung; empty for the best that the CPU has
     */
    record Case(String model, Rung rung, Optional<ProductInstructions> instructions) {
        Kernels kernels(WorkerPool pool) {
            return instructions
                    .<Kernels>map(
                            some ->
                                    new AssembledKernels(
                                            pool, WeightStore.inMemory(), Precision.FP32, some))
                    .orElseGet(() -> Kernels.of(rung, pool));
        }

        /** The assembled rung rounds activations. */
        float tolerance(Golden golden) {
            return rung == Rung.ASSEMBLED ? golden.tolerance() : golden.toleranceFp32();
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String model : MODELS) {
            for (Rung rung : Rung.values()) {
                if (rung.unsupported().isEmpty()) {
                    cases.add(new Case(model, rung, Optional.empty()));
                }
            }
            for (ProductInstructions narrow :
                    List.of(ProductInstructions.AVX_VNNI, ProductInstructions.AVX2)) {
                if (narrow.isSupported() && model.contains("-q")) {
                    cases.add(new Case(model, Rung.ASSEMBLED, Optional.of(narrow)));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wholePromptMatchesOtherEnginesWhereTheModelIsFound(Case each) throws Exception {
        run(
                each,
                (golden, decoder, kernels, memory) -> {
                    float[] logits =
                            forward(
                                    decoder,
                                    kernels,
                                    memory,
                                    List.of(golden.tokens().length),
                                    golden.tokens());
                    assertThat(golden.firstDifference(logits, each.tolerance(golden))).isEmpty();
                });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void oneByOneAndEveryChunkingGiveTheSameWhereTheModelIsFound(Case each) throws Exception {
        run(
                each,
                (golden, decoder, kernels, memory) -> {
                    int length = golden.tokens().length;
                    float tolerance =
                            each.rung() == Rung.ASSEMBLED
                                    ? golden.tolerance()
                                    : Math.min(golden.toleranceFp32(), 1e-3f);
                    Golden own =
                            new Golden(
                                    golden.model(),
                                    golden.tokens(),
                                    forward(
                                            decoder,
                                            kernels,
                                            memory,
                                            List.of(length),
                                            golden.tokens()),
                                    tolerance,
                                    tolerance);
                    List<Integer> ones = new ArrayList<>();
                    for (int i = 0; i < length; i++) {
                        ones.add(-1); // absorbed
                    }
                    for (List<Integer> chunking :
                            List.of(
                                    ones,
                                    List.of(5, 7, 12),
                                    List.of(-1, 23),
                                    List.of(16, -8),
                                    List.of(-24),
                                    List.of(1, -3, 20))) {
                        float[] logits =
                                forward(decoder, kernels, memory, chunking, golden.tokens());
                        assertThat(own.firstDifference(logits, tolerance))
                                .as("chunks %s", chunking)
                                .isEmpty();
                    }
                });
    }

    /** Feeds the tokens in chunks: a positive length is naive, a negative one absorbed. */
    private static float[] forward(
            Decoder decoder,
            Kernels kernels,
            Workspace memory,
            List<Integer> chunks,
            int[] tokens) {
        Workspace.Mark mark = memory.mark();
        try (Workspace cacheMemory = new Workspace()) {
            Cache cache =
                    new ContiguousCache(decoder.cacheLayout(kernels), tokens.length, cacheMemory);
            return forward(decoder, kernels, memory, chunks, tokens, cache);
        } finally {
            memory.release(mark);
        }
    }

    private static float[] forward(
            Decoder decoder,
            Kernels kernels,
            Workspace memory,
            List<Integer> chunks,
            int[] tokens,
            Cache cache) {
        int vocab = decoder.config().vocabSize();
        float[] all = new float[tokens.length * vocab];
        int at = 0;
        for (int chunk : chunks) {
            int length = Math.abs(chunk);
            int[] ids = Arrays.copyOfRange(tokens, at, at + length);
            Form form = chunk > 0 ? Form.NAIVE : Form.ABSORBED;
            ForwardBatch batch = ForwardBatch.of(List.of(new Chunk(0, ids, at, form, Logits.ALL)));
            Decoder.Output output =
                    decoder.forward(batch, cache, new Pass(kernels, memory, ForwardTrace.none()));
            System.arraycopy(output.logits().toFloats(), 0, all, at * vocab, length * vocab);
            at += length;
        }
        return all;
    }

    private interface Body {
        void run(Golden golden, Decoder decoder, Kernels kernels, Workspace memory);
    }

    private static void run(Case each, Body body) throws Exception {
        Optional<Golden> found = Golden.find(each.model() + ".gguf");
        assumeTrue(
                found.isPresent(),
                "the shared folder of golden models is not beside this checkout");
        Golden golden = found.get();
        try (WorkerPool pool = new WorkerPool(2);
                Checkpoint checkpoint = Checkpoint.open(golden.model());
                Workspace memory = new Workspace()) {
            Kernels kernels = each.kernels(pool);
            ModelConfig config = ModelConfigs.read(checkpoint);
            Decoder decoder =
                    DecoderBuilder.build(
                            config,
                            new CheckpointWeights(checkpoint, config, memory, kernels),
                            kernels,
                            memory,
                            64,
                            true);
            body.run(golden, decoder, kernels, memory);
        }
    }
}
