package dev.cachalot.cli;

import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.ModelStore;
import dev.cachalot.library.plan.ModelPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: does a model fit here, and how fast will it be. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Tells the memory and the speed to expect of a model on this machine.")
final class PlanCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A GGUF or safetensors file, a folder, or the name of a model.")
    String file = "";

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Tokens of each user, prompt and answer together (default: 4096).")
    Optional<Integer> context = Optional.empty();

    @Option(
            names = "--users",
            paramLabel = "N",
            description = "Users served at the same time (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    int users = 1;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin ComputeOptions compute = new ComputeOptions();

    PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ComputeOptions.atLeastOne("--users", users);
        LoadOptions options =
                new LoadOptions(
                        compute.threads(),
                        context.isPresent()
                                ? OptionalInt.of(
                                        ComputeOptions.atLeastOne("--context", context.get()))
                                : OptionalInt.empty(),
                        compute.rung());
        Path path = ModelStore.ofEnvironment().resolve(Optional.of(file));
        ModelPlan plan = ModelPlan.of(path, options, users);
        console.out().println(json ? PlanText.json(plan) : PlanText.text(plan));
        return 0;
    }
}
