package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cachalot.tensor.Precision;
import dev.cachalot.tensor.Rung;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs of tiny models. */
class TrainerTest {
    /** Two layers with experts, query compression and a next-token block. */
    private static final String MODEL =
            """
            "model": {"hidden_size": 48, "num_hidden_layers": 2, "intermediate_size": 96,
              "num_attention_heads": 3, "q_lora_rank": 24, "kv_lora_rank": 16, "qk_nope_head_dim": 12,
              "qk_rope_head_dim": 8, "v_head_dim": 16, "n_routed_experts": 4, "num_experts_per_tok": 2,
              "moe_intermediate_size": 32, "first_k_dense_replace": 1, "num_nextn_predict_layers": 1,
              "max_position_embeddings": 256},
            "tokenizer": {"vocab-size": 400, "problems": 40},
            """;

    @TempDir Path folder;

    @Test
    void tinyModelOverfitsTwentyExamples() throws IOException {
        Trainer.Outcome outcome = trainer(2).run(overfitting(""), folder.resolve("run"));
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.loss()).isLessThan(0.01);
    }

    @Test
    void tinyModelOverfitsTwentyExamplesWithProductsOfBf16() throws IOException {
        assumeTrue(Precision.BF16.unsupported(Rung.ASSEMBLED).isEmpty());
        Recipe recipe = overfitting("\"precision\": \"bf16\",");
        Trainer.Outcome outcome = assembled(2).run(recipe, folder.resolve("run"));
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.loss()).isLessThan(0.02);
    }

    private static Recipe overfitting(String more) {
        return recipe(
                more
                        + """
                        "data": {"problems": 20, "kinds": {"addition": 1, "comparison": 1}},
                        "batch": {"tokens": 900, "micro-batch-tokens": 500},
                        "optimizer": {"weight-decay": 0, "next-token-weight": 0.1},
                        "schedule": {"steps": 130, "warmup-steps": 10, "peak-learning-rate": 0.01,
                          "min-learning-rate": 0.0005},
                        "report": {"eval-every": 0, "checkpoint-every": 0}
                        """);
    }

    @Test
    void oneAndTwoThreadsGiveTheSameLossesToTheBit() throws IOException {
        Recipe recipe = shortRun(8);
        trainer(1).run(recipe, folder.resolve("one"));
        trainer(2).run(recipe, folder.resolve("two"));
        assertThat(curve("two")).hasSize(8).isEqualTo(curve("one"));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void assembledProductsGiveTheSameLossesOnOneAndTwoThreads(Precision precision)
            throws IOException {
        assumeTrue(Rung.ASSEMBLED.unsupported().isEmpty());
        assumeTrue(precision.unsupported(Rung.ASSEMBLED).isEmpty());
        String key = "\"precision\": \"" + precision.name().toLowerCase(Locale.ROOT) + "\",";
        Recipe recipe = shortRun(8, key);
        assembled(1).run(recipe, folder.resolve("one"));
        assembled(2).run(recipe, folder.resolve("two"));
        assertThat(curve("two")).hasSize(8).isEqualTo(curve("one"));
        assembled(2).run(shortRun(8), folder.resolve("default"));
        assertThat(curve("default").equals(curve("one"))).isEqualTo(precision == Precision.FP32);
    }

    @Test
    void aPrecisionThatTheRungHasNotIsSaid() {
        assertThatThrownBy(
                        () ->
                                trainer(1)
                                        .run(
                                                shortRun(8, "\"precision\": \"bf16\","),
                                                folder.resolve("run")))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("'bf16'")
                .hasMessageContaining("this is VECTOR")
                .hasMessageContaining("try 'fp32'");
    }

    @Test
    void aRunThatIsStoppedAndTakenUpAgainFollowsTheSameCurveToTheBit() throws IOException {
        Recipe recipe = shortRun(20);
        trainer(2).run(recipe, folder.resolve("straight"));
        Trainer.Outcome half = trainer(2, after(10)).run(recipe, folder.resolve("cut"));
        assertThat(half.finished()).isFalse();
        assertThat(half.model()).isEmpty();
        Trainer.Outcome whole = trainer(2).run(recipe, folder.resolve("cut"));
        assertThat(whole.finished()).isTrue();
        assertThat(curve("cut")).hasSize(20).isEqualTo(curve("straight"));
        assertThat(Files.mismatch(model("cut"), model("straight"))).isEqualTo(-1);
    }

    /** A kill leaves a log that is ahead of the checkpoint, half a line, and half a file. */
    @Test
    void aRunThatWasKilledFollowsTheSameCurveToTheBit() throws IOException {
        Recipe recipe = shortRun(12); // checkpoints after 4, 8 and 12 steps
        trainer(2).run(recipe, folder.resolve("straight"));
        trainer(2, after(11)).run(recipe, folder.resolve("killed"));
        Path checkpoints = folder.resolve("killed/checkpoints");
        Files.delete(checkpoints.resolve("step-000000011.safetensors"));
        Files.writeString(checkpoints.resolve(".step-000000012.safetensors.77.part"), "half");
        Path log = folder.resolve("killed/log.jsonl");
        Files.writeString(log, Files.readString(log) + "{\"step\":12,\"prog");
        trainer(1).run(recipe, folder.resolve("killed"));
        assertThat(curve("killed")).hasSize(12).isEqualTo(curve("straight"));
        assertThat(Files.mismatch(model("killed"), model("straight"))).isEqualTo(-1);
    }

    @Test
    void aBrokenCheckpointIsNamedAndTheOneBeforeItIsTaken() throws IOException {
        Recipe recipe = shortRun(12);
        trainer(2).run(recipe, folder.resolve("straight"));
        trainer(2, after(8)).run(recipe, folder.resolve("broken"));
        Path newest = folder.resolve("broken/checkpoints/step-000000008.safetensors");
        Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), 5000));
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        trainer(2, () -> false, said).run(recipe, folder.resolve("broken"));
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("step-000000008.safetensors", "going back", "continuing after step 4");
        assertThat(curve("broken")).hasSize(12).isEqualTo(curve("straight"));
    }

    @Test
    void aCheckpointThatCannotBeWrittenIsSaidAndTrainingGoesOn() throws IOException {
        Recipe recipe = shortRun(8);
        Files.createDirectories(folder.resolve("full"));
        Files.writeString(folder.resolve("full/checkpoints"), "a file where the folder would be");
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Trainer.Outcome outcome = trainer(2, () -> false, said).run(recipe, folder.resolve("full"));
        assertThat(outcome.steps()).isEqualTo(8);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("checkpoint of step 4 could not be written", "training goes on");
    }

    /** As on a full disk: a folder stands where the log is, from step 2 to step 5. */
    @Test
    void aLogThatCannotBeWrittenIsMadeWholeWhenThereIsRoomAgain() throws IOException {
        Path log = folder.resolve("run/log.jsonl");
        AtomicInteger step = new AtomicInteger();
        BooleanSupplier disk =
                () -> {
                    try {
                        switch (step.incrementAndGet()) {
                            case 2 -> {
                                Files.delete(log);
                                Files.createDirectories(log.resolve("full"));
                            }
                            case 5 -> {
                                Files.delete(log.resolve("full"));
                                Files.delete(log);
                            }
                            default -> {}
                        }
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                    return false;
                };
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Trainer.Outcome outcome = trainer(2, disk, said).run(shortRun(8), folder.resolve("run"));
        assertThat(outcome.steps()).isEqualTo(8);
        assertThat(log("run"))
                .extracting(StepRecord::step)
                .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("the log could not be written", "training goes on", "whole again");
    }

    @Test
    void whatAKillLeftOfATokenizerIsWrittenAgain() throws IOException {
        Path half = folder.resolve("run/tokenizer.part/tokenizer.json");
        Files.createDirectories(half.getParent());
        Files.writeString(half, "{\"model\": {");
        assertThat(trainer(2).run(shortRun(2), folder.resolve("run")).steps()).isEqualTo(2);
        assertThat(half.getParent()).doesNotExist();
        assertThat(trainer(2).run(shortRun(2), folder.resolve("run")).steps()).isEqualTo(2);
    }

    @Test
    void lastTwoCheckpointsAreKept() throws IOException {
        trainer(2).run(shortRun(12), folder.resolve("run"));
        try (Stream<Path> files = Files.list(folder.resolve("run/checkpoints"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "step-000000008.safetensors", "step-000000012.safetensors");
        }
    }

    @Test
    void aFolderOfAnotherRecipeIsRefusedNamingTheDifference() throws IOException {
        trainer(1, after(1)).run(shortRun(8), folder.resolve("run"));
        assertThatThrownBy(() -> trainer(1).run(shortRun(9), folder.resolve("run")))
                .isInstanceOf(RunDirectoryException.class)
                .hasMessageContaining("\"steps\" : 8")
                .hasMessageContaining("\"steps\" : 9")
                .hasMessageContaining("another folder");
    }

    @Test
    void aFolderInUseIsRefused() throws IOException {
        Recipe recipe = shortRun(8);
        try (RunDirectory held = RunDirectory.open(folder.resolve("run"), recipe)) {
            assertThatThrownBy(() -> trainer(1).run(recipe, held.path()))
                    .isInstanceOf(RunDirectoryException.class)
                    .hasMessageContaining("another process is training");
        }
    }

    @Test
    void timeEndsARunToo() throws IOException {
        Recipe recipe =
                recipe(
                        """
                        "batch": {"tokens": 300, "micro-batch-tokens": 300},
                        "schedule": {"steps": 1000000, "max-minutes": 0.01, "warmup-steps": 2},
                        "report": {"eval-every": 0, "checkpoint-every": 0}
                        """);
        Trainer.Outcome outcome = trainer(2).run(recipe, folder.resolve("run"));
        assertThat(outcome.finished()).isTrue();
        assertThat(outcome.steps()).isLessThan(1_000_000);
    }

    @Test
    void aRateThatIsFarTooHighStopsTheRunWithAdvice() {
        Recipe recipe =
                recipe(
                        """
                        "batch": {"tokens": 300, "micro-batch-tokens": 300},
                        "initialization": {"std": 1e20},
                        "schedule": {"steps": 5}
                        """);
        assertThatThrownBy(() -> trainer(2).run(recipe, folder.resolve("run")))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("peak-learning-rate");
    }

    @Test
    void aRunLeavesItsRecipeReportAndModel() throws IOException {
        Trainer.Outcome outcome = trainer(2).run(shortRun(8), folder.resolve("run"));
        assertThat(RecipeReader.read(folder.resolve("run/recipe.json"))).isEqualTo(shortRun(8));
        assertThat(Files.readString(outcome.report()))
                .contains("<svg", "held out, thinking", "Expert load", "token after next")
                .doesNotContain("<script", "http:", "https:", "NaN");
        assertThat(outcome.model()).hasValueSatisfying(file -> assertThat(file).exists());
        StepRecord last = log("run").getLast();
        assertThat(last.expertLoads()).hasSize(2); // a layer with experts, and the next-token block
        assertThat(last.heldOut()).isNotNull();
    }

    @Test
    void randomTokensFillEveryRowAndLeaveNoModel() throws IOException {
        Recipe recipe =
                recipe(
                        """
                        "data": {"source": "random", "sequence-length": 64},
                        "batch": {"tokens": 256, "micro-batch-tokens": 128},
                        "schedule": {"steps": 3}
                        """);
        Trainer.Outcome outcome = trainer(2).run(recipe, folder.resolve("run"));
        assertThat(outcome.tokens()).isEqualTo(3 * 256);
        assertThat(outcome.model()).isEmpty();
    }

    private static Recipe shortRun(int steps) {
        return shortRun(steps, "");
    }

    private static Recipe shortRun(int steps, String more) {
        return recipe(
                more
                        + """
                "batch": {"tokens": 500, "micro-batch-tokens": 300},
                "schedule": {"steps": %d, "warmup-steps": 3},
                "report": {"eval-every": 4, "eval-examples": 6, "checkpoint-every": 4}
                """
                                .formatted(steps));
    }

    /** A run of the tiny model; {@code more} are the recipe's other parts. */
    static Recipe recipe(String more) {
        return RecipeReader.parse("{" + MODEL + more + "}", "test");
    }

    private static Trainer assembled(int threads) {
        PrintStream out =
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        return new Trainer(threads, Rung.ASSEMBLED, out, false, () -> false);
    }

    private static Trainer trainer(int threads) {
        return trainer(threads, () -> false);
    }

    private static Trainer trainer(int threads, BooleanSupplier stop) {
        return trainer(threads, stop, new ByteArrayOutputStream());
    }

    private static Trainer trainer(int threads, BooleanSupplier stop, ByteArrayOutputStream said) {
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new Trainer(threads, Rung.VECTOR, out, false, stop);
    }

    private static BooleanSupplier after(int steps) {
        int[] asked = {0};
        return () -> ++asked[0] == steps;
    }

    private List<String> curve(String run) throws IOException {
        return curve(folder.resolve(run));
    }

    /** Everything of each step of a run that does not depend on the clock. */
    static List<String> curve(Path run) throws IOException {
        return log(run).stream()
                .map(
                        step ->
                                "%d %a %a %a %a %a %s %s"
                                        .formatted(
                                                step.step(),
                                                step.loss(),
                                                step.nextTokenLoss(),
                                                step.accuracy(),
                                                step.gradientNorm(),
                                                step.learningRate(),
                                                step.expertLoads(),
                                                step.heldOut()))
                .toList();
    }

    private List<StepRecord> log(String run) throws IOException {
        return log(folder.resolve(run));
    }

    private static List<StepRecord> log(Path run) throws IOException {
        Recipe recipe = RecipeReader.read(run.resolve("recipe.json"));
        try (RunDirectory directory = RunDirectory.open(run, recipe)) {
            return directory.readLog();
        }
    }

    private Path model(String run) {
        return folder.resolve(run).resolve("model.gguf");
    }
}
