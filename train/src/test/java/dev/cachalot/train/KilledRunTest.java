package dev.cachalot.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.checkpoint.AtomicFile;
import dev.cachalot.tensor.Rung;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training in a process of its own that is killed, as {@code kill -9} does, at no chosen moment.
 */
class KilledRunTest {
    private static final int STEPS = 40;

    @TempDir Path folder;

    /** What the killed processes run: trains a recipe in a folder, a few steps a second. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            Recipe recipe = RecipeReader.read(Path.of(args[0]));
            trainer(() -> pause(20)).run(recipe, Path.of(args[1]));
        }
    }

    @Test
    @Timeout(120)
    void aRunThatIsKilledThreeTimesFollowsTheSameCurveToTheBit() throws Exception {
        Recipe recipe =
                TrainerTest.recipe(
                        """
                        "batch": {"tokens": 500, "micro-batch-tokens": 300},
                        "schedule": {"steps": %d, "warmup-steps": 3},
                        "report": {"eval-every": 4, "eval-examples": 6, "checkpoint-every": 2}
                        """
                                .formatted(STEPS));
        Path file = folder.resolve("recipe.json");
        AtomicFile.writeString(file, RecipeReader.write(recipe));
        Path killed = folder.resolve("killed");
        SplittableRandom random = new SplittableRandom(1);
        for (int steps : new int[] {6, 14, 22}) {
            Process child = start(file, killed);
            while (child.isAlive() && linesOf(killed.resolve("log.jsonl")) < steps) {
                pause(2);
            }
            pause(random.nextInt(60));
            assertThat(child.isAlive()).as("the run was over before it was killed").isTrue();
            child.destroyForcibly();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(killed.resolve("model.gguf")).doesNotExist();
        Path straight = folder.resolve("straight");
        trainer(() -> false).run(recipe, straight);
        trainer(() -> false).run(recipe, killed);
        assertThat(TrainerTest.curve(killed)).hasSize(STEPS).isEqualTo(TrainerTest.curve(straight));
        assertThat(Files.mismatch(killed.resolve("model.gguf"), straight.resolve("model.gguf")))
                .isEqualTo(-1);
    }

    private Process start(Path recipe, Path run) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        recipe.toString(),
                        run.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("out").toFile()))
                .start();
    }

    private static Trainer trainer(BooleanSupplier stop) {
        PrintStream out = new PrintStream(PrintStream.nullOutputStream());
        return new Trainer(2, Rung.VECTOR, out, false, stop);
    }

    private static long linesOf(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file).size() : 0;
    }

    /** Waits; says false, for a run that is asked whether to stop. */
    private static boolean pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
