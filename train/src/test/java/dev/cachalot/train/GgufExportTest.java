package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.model.Cache;
import dev.cachalot.model.CheckpointWeights;
import dev.cachalot.model.Decoder;
import dev.cachalot.model.DecoderBuilder;
import dev.cachalot.model.ForwardBatch;
import dev.cachalot.model.ForwardTrace;
import dev.cachalot.model.ModelConfig;
import dev.cachalot.model.ModelConfigs;
import dev.cachalot.model.Pass;
import dev.cachalot.model.WeightSource;
import dev.cachalot.tensor.DType;
import dev.cachalot.tensor.Kernels;
import dev.cachalot.tensor.Rung;
import dev.cachalot.tensor.WorkerPool;
import dev.cachalot.tensor.Workspace;
import dev.cachalot.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported is read back by the rooms that serve it. */
class GgufExportTest {
    private static final TokenizerSpec SPEC =
            TokenizerBuilding.build(
                    RecipeReader.parse(
                            "{\"tokenizer\": {\"vocab-size\": 300, \"problems\": 5}}", "test"));

    /** Widths that are multiples of 32, but for the latent of 16. */
    private static final String SIZES =
            """
            {"model": {"hidden_size": 64, "num_hidden_layers": 2, "intermediate_size": 96,
              "num_attention_heads": 2, "kv_lora_rank": 16, "q_lora_rank": 32, "qk_nope_head_dim": 12,
              "qk_rope_head_dim": 8, "v_head_dim": 16, "n_routed_experts": 8, "n_shared_experts": 2,
              "n_group": 4, "topk_group": 2, "num_experts_per_tok": 3, "moe_intermediate_size": 32,
              "first_k_dense_replace": 1, "routed_scaling_factor": 2.5, "num_nextn_predict_layers": 1,
              "max_position_embeddings": 64}}
            """;

    @TempDir Path folder;

    @Test
    void anF32FileGivesTheSameConfigurationParametersAndLogitsToTheBit() throws IOException {
        ModelConfig config = RecipeReader.parse(SIZES, "test").model().config(SPEC.tokens().size());
        roundTrip(config, DType.F32, 0);
    }

    @Test
    void aSoftmaxRouterWithoutBiasComesThroughToo() throws IOException {
        ModelConfig config =
                RecipeReader.parse(
                                SIZES.replace(
                                        "\"n_group\"",
                                        "\"topk_method\": \"greedy\", \"scoring_func\": \"softmax\", \"norm_topk_prob\": false, \"n_group\""),
                                "test")
                        .model()
                        .config(SPEC.tokens().size());
        roundTrip(config, DType.F32, 0);
    }

    @Test
    void quantisedFilesStayCloseAndKeepRoutersAndGainsExact() throws IOException {
        ModelConfig config = RecipeReader.parse(SIZES, "test").model().config(SPEC.tokens().size());
        roundTrip(config, DType.Q8_0, 0.08f);
        try (Checkpoint file = Checkpoint.open(folder.resolve("model.gguf"))) {
            assertThat(file.find("blk.1.ffn_gate_inp.weight").orElseThrow().dtype())
                    .isEqualTo(DType.F32);
            assertThat(file.find("blk.0.attn_kv_b.weight").orElseThrow().dtype())
                    .isEqualTo(DType.F32); // width 16
            assertThat(file.find("blk.1.ffn_down_exps.weight").orElseThrow().dtype())
                    .isEqualTo(DType.Q8_0);
            assertThat(file.find("blk.2.nextn.eh_proj.weight")).isPresent();
        }
    }

    private void roundTrip(ModelConfig config, DType type, float tolerance) throws IOException {
        Path file = folder.resolve("model.gguf");
        try (WorkerPool pool = new WorkerPool(1);
                Workspace memory = new Workspace()) {
            Kernels kernels = Kernels.of(Rung.SCALAR, pool);
            Parameters parameters = new Parameters(config, memory);
            new Initialization(Initialization.Scheme.FAN_IN, 1, 1).fill(parameters, config, 9);
            for (int i = 0; i < parameters.biases().width(); i++) {
                parameters.biases().set(0, i, 0.01f * (i % 5));
            }
            GgufExport.write(file, "tiny", config, parameters, SPEC, type);
            try (Checkpoint checkpoint = Checkpoint.open(file)) {
                assertThat(ModelConfigs.read(checkpoint)).isEqualTo(config);
                assertThat(checkpoint.metadata().requireString("tokenizer.ggml.pre"))
                        .isEqualTo("cachalot");
                assertThat(checkpoint.metadata().requireStringList("tokenizer.ggml.tokens"))
                        .isEqualTo(SPEC.tokens());
                float[] before = logits(config, parameters, kernels, memory);
                float[] after =
                        logits(
                                config,
                                new CheckpointWeights(checkpoint, config, memory, kernels),
                                kernels,
                                memory);
                if (tolerance == 0) {
                    assertThat(after).isEqualTo(before);
                } else {
                    assertThat(distance(after, before)).isBetween(1e-6, (double) tolerance);
                }
            }
        }
    }

    /** Logits of a few tokens, of the model and of its next-token block. */
    private static float[] logits(
            ModelConfig config, WeightSource weights, Kernels kernels, Workspace memory) {
        Decoder decoder = DecoderBuilder.build(config, weights, kernels, memory, 64, false);
        int[] ids = {3, 77, 12, 290, 41, 8};
        boolean[] scored = new boolean[ids.length];
        Arrays.fill(scored, true);
        ForwardBatch batch = ForwardBatch.training(List.of(ids), List.of(scored));
        Pass pass = new Pass(kernels, memory, ForwardTrace.recording());
        Decoder.Output output = decoder.forward(batch, Cache.none(), pass);
        float[] next =
                decoder.nextTokenBlock()
                        .orElseThrow()
                        .forward(
                                output.hidden(),
                                ids,
                                batch.logitRows(),
                                decoder,
                                batch,
                                Cache.none(),
                                pass)
                        .toFloats();
        float[] main = output.logits().toFloats();
        float[] both = Arrays.copyOf(main, main.length + next.length);
        System.arraycopy(next, 0, both, main.length, next.length);
        return both;
    }

    /** Length of the difference, relative to the length of the expected numbers. */
    private static double distance(float[] found, float[] expected) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < found.length; i++) {
            difference += Math.pow(found[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / length);
    }
}
