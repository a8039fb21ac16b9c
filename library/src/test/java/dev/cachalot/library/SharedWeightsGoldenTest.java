package dev.cachalot.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.model.Cache;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.Moe;
import dev.cachalot.model.Pass;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.testing.SharedFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small weights in the shared folder, in every format they come in, against their goldens. */
class SharedWeightsGoldenTest {
    @TempDir Path folder;

    private static Path weights(String name) {
        Optional<Path> shared = SharedFolder.find().map(found -> found.resolve("data"));
        assumeTrue(
                shared.isPresent() && Files.isDirectory(shared.get().resolve(name)),
                "the shared folder with " + name + " is not beside this checkout");
        return shared.get().resolve(name);
    }

    private static LoadedModel load(Path path, Rung rung) throws Exception {
        return ModelLoader.load(path, new LoadOptions(2, OptionalInt.of(256), rung));
    }

    private static JsonNode golden(Path weights) throws Exception {
        return JsonMapper.builder().build().readTree(weights.resolve("golden.json").toFile());
    }

    private static final List<Rung> RUNGS =
            Arrays.stream(Rung.values()).filter(rung -> rung.unsupported().isEmpty()).toList();

    private static int[] ids(JsonNode list) {
        int[] ids = new int[list.size()];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = list.get(i).intValue();
        }
        return ids;
    }

    private static float[][] logits(LoadedModel model, int[] tokens) {
        float[][] rows = new float[tokens.length][];
        ForcedLogits.of(model, tokens, (row, logits) -> rows[row] = logits);
        return rows;
    }

    private static void assertClose(float[] found, JsonNode expected, double tolerance) {
        assertThat(found).hasSize(expected.size());
        for (int i = 0; i < found.length; i++) {
            assertThat((double) found[i])
                    .as("logit %d", i)
                    .isCloseTo(expected.get(i).doubleValue(), within(tolerance));
        }
    }

    private static int argMax(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
        }
        return best;
    }

    private static int[] greedy(LoadedModel model, int[] prompt, int count) throws Exception {
        GenerationRequest request =
                new GenerationRequest(prompt, count, SamplingParameters.greedy(), Set.of());
        int[] all = Arrays.copyOf(prompt, prompt.length + count);
        try (TokenStream stream = model.engine().submit(request)) {
            for (int i = 0; i < count; i++) {
                GenerationEvent event = stream.next();
                assertThat(event).isInstanceOf(GenerationEvent.Token.class);
                all[prompt.length + i] = ((GenerationEvent.Token) event).id();
            }
        }
        return all;
    }

    /** Mean of -log p of each id after the first, given those before it. */
    private static double meanLoss(LoadedModel model, int[] ids) {
        float[][] rows = logits(model, ids);
        double sum = 0;
        for (int i = 1; i < ids.length; i++) {
            double total = 0;
            for (float logit : rows[i - 1]) {
                total += Math.exp(logit);
            }
            sum += Math.log(total) - rows[i - 1][ids[i]];
        }
        return sum / (ids.length - 1);
    }

    /**
     * One form of the stories.
     *
     * @param tolerance of logits after the prompt, from rounding the weights
     * @param lossTolerance of the mean loss on the golden text
     * @param sameTokens how long greedy decoding gives the golden text; rounded weights leave it at
     *     some tie
     */
    record Form(String name, double tolerance, double lossTolerance, int sameTokens) {
        /** Whether the weights are whole numbers under scales. */
        boolean isRounded() {
            return name.contains("-Q");
        }
    }

    static Stream<Form> forms() {
        return Stream.of(
                new Form("stories260K-f32.gguf", 1e-4, 1e-4, 201),
                new Form("hf", 1e-4, 1e-4, 201),
                new Form("stories260K-f16.gguf", 0.02, 1e-3, 201),
                new Form("hf-sharded-f16", 0.02, 1e-3, 201),
                new Form("hf-bf16", 0.15, 0.01, 1),
                new Form("stories260K-pad192-Q8_0.gguf", 0.5, 0.01, 20),
                new Form("stories260K-pad192-Q5_1.gguf", 1.5, 0.1, 1),
                new Form("stories260K-pad192-Q4_0.gguf", 3, 0.4, 1));
    }

    @ParameterizedTest
    @MethodSource("forms")
    void storiesGiveTheGoldenLogitsAndTextWhereTheSharedFolderIs(Form form) throws Exception {
        Path weights = weights("weights-stories260K");
        Path path = form.name().equals("hf-bf16") ? bf16(weights) : weights.resolve(form.name());
        for (Rung rung : RUNGS) {
            // 8 bits of an activation are few for a model of 64 channels
            double share = rung == Rung.ASSEMBLED && form.isRounded() ? 1.5 : 1;
            try (LoadedModel model = load(path, rung)) {
                for (JsonNode entry : golden(weights)) {
                    int[] prompt = ids(entry.get("prompt_ids"));
                    int[] expected = ids(entry.get("greedy_ids"));
                    assertClose(
                            logits(model, prompt)[prompt.length - 1],
                            entry.get("logits_after_prompt"),
                            share * form.tolerance());
                    assertThat(meanLoss(model, expected))
                            .as("mean loss of %s", Arrays.toString(prompt))
                            .isCloseTo(
                                    entry.get("mean_nll_of_greedy_ids").doubleValue(),
                                    within(share * form.lossTolerance()));
                    int same = share > 1 ? 1 : form.sameTokens();
                    int count = Math.max(1, same - prompt.length);
                    assertThat(greedy(model, prompt, count))
                            .startsWith(Arrays.copyOf(expected, same));
                }
            }
        }
    }

    /** The folder holds two files of weights; this is the second as the only one. */
    private Path bf16(Path weights) throws Exception {
        Path copy = Files.createDirectories(folder.resolve("bf16"));
        Files.copy(weights.resolve("hf/config.json"), copy.resolve("config.json"));
        Files.copy(weights.resolve("hf/model.bf16.safetensors"), copy.resolve("model.safetensors"));
        return copy;
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-deepseek-v3-random-f32.gguf", "hf", "hf-fp8"})
    void tinyDeepSeekV3GivesTheGoldenLogitsAndExpertsWhereTheSharedFolderIs(String form)
            throws Exception {
        Path weights = weights("weights-tiny-deepseek-v3-random");
        boolean fp8 = form.equals("hf-fp8");
        for (Rung rung : RUNGS) {
            try (LoadedModel model = load(weights.resolve(form), rung)) {
                for (JsonNode entry : golden(weights)) {
                    int[] tokens = ids(entry.get("ids"));
                    float[][] rows = logits(model, tokens);
                    assertClose(
                            rows[tokens.length - 1],
                            entry.get(fp8 ? "fp8_logits_last" : "logits_last"),
                            1e-4);
                    if (!fp8) {
                        int[] best = ids(entry.get("argmax_all_positions"));
                        for (int i = 0; i < best.length; i++) {
                            assertThat(argMax(rows[i])).as("position %d", i).isEqualTo(best[i]);
                        }
                        assertThat(routes(model, tokens)).isEqualTo(routes(entry.get("routes")));
                    }
                }
            }
        }
    }

    /** Chosen experts of each layer that has some and of each position, ascending. */
    private static List<List<List<Integer>>> routes(LoadedModel model, int[] tokens) {
        ForwardTrace trace = ForwardTrace.recording();
        boolean[] none = new boolean[tokens.length];
        List<List<List<Integer>>> layers = new ArrayList<>();
        try (Workspace workspace = new Workspace()) {
            model.decoder()
                    .forward(
                            ForwardBatch.training(List.of(tokens), List.of(none)),
                            Cache.none(),
                            new Pass(model.kernels(), workspace, trace));
            for (Moe.Trace layer : trace.all(Moe.Trace.class)) {
                List<List<Integer>> positions = new ArrayList<>();
                for (int t = 0; t < tokens.length; t++) {
                    List<Integer> chosen = new ArrayList<>();
                    for (int j = 0; j < layer.ids().width(); j++) {
                        chosen.add(layer.ids().getInt(t, j));
                    }
                    positions.add(chosen.stream().sorted().toList());
                }
                layers.add(positions);
            }
        }
        return layers;
    }

    private static List<List<List<Integer>>> routes(JsonNode golden) {
        List<List<List<Integer>>> layers = new ArrayList<>();
        for (JsonNode layer : golden) {
            List<List<Integer>> positions = new ArrayList<>();
            for (JsonNode position : layer) {
                positions.add(Arrays.stream(ids(position)).sorted().boxed().toList());
            }
            layers.add(positions);
        }
        return layers;
    }

    @Test
    void modelWithoutGoldensLoadsAndPredictsWhereTheSharedFolderIs() throws Exception {
        Path weights = weights("weights-verl-arith-tiny");
        for (Rung rung : RUNGS) {
            try (LoadedModel model = load(weights, rung)) {
                int[] tokens = {1, 5, 3, 9, 2};
                float[][] rows = logits(model, tokens);
                for (float[] row : rows) {
                    assertThat(row).hasSize(16);
                    for (float logit : row) {
                        assertThat(logit).isFinite();
                    }
                }
                assertThat(greedy(model, tokens, 1)[5]).isEqualTo(argMax(rows[4]));
            }
        }
    }
}
