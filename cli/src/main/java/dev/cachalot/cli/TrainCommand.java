package dev.cachalot.cli;

import dev.cachalot.train.Recipe;
import dev.cachalot.train.RecipeReader;
import dev.cachalot.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code train}: from a recipe to a model, or on from where such a run was left. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = {
            "Trains a model by a recipe, in the folder runs/NAME of the recipe's name.",
            "The same command continues a run that was stopped."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int STOPPED = 130; // as shells report Ctrl-C

    private final Console console;

    @Parameters(index = "0", paramLabel = "RECIPE", description = "The recipe's JSON file.")
    Path recipe = Path.of("");

    @Mixin ComputeOptions compute = new ComputeOptions();

    TrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Recipe read = RecipeReader.read(recipe);
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch over = new CountDownLatch(1);
        // Ctrl-C and kill end the run with a checkpoint: the JVM waits for its hooks.
        Thread hook =
                new Thread(
                        () -> {
                            stop.set(true);
                            awaitUninterruptibly(over);
                        },
                        "stop-training");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            Trainer trainer =
                    new Trainer(
                            compute.threads(),
                            compute.rung(),
                            console.out(),
                            console.coloured(),
                            stop::get);
            Trainer.Outcome outcome = trainer.run(read, Path.of("runs", read.name()));
            if (!stop.get()) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
            return tell(outcome);
        } finally {
            over.countDown(); // the JVM may end now
        }
    }

    private int tell(Trainer.Outcome outcome) {
        console.out()
                .printf(
                        "%s after %,d steps and %,d tokens: loss %.4f, %,.0f tokens/s%n",
                        outcome.finished() ? "done" : "stopped",
                        outcome.steps(),
                        outcome.tokens(),
                        outcome.loss(),
                        outcome.tokensPerSecond());
        console.out().println("page of the run: " + outcome.report());
        outcome.model().ifPresent(model -> console.out().println("model: " + model));
        return outcome.finished() ? 0 : STOPPED;
    }

    private static void awaitUninterruptibly(CountDownLatch over) {
        while (true) {
            try {
                over.await();
                return;
            } catch (InterruptedException again) {
                // nobody interrupts a shutdown hook but a debugger; the checkpoint matters more
            }
        }
    }
}
