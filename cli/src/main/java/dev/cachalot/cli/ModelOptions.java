package dev.cachalot.cli;

import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.library.ModelStore;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that runs a model, but which model. */
final class ModelOptions {
    @Mixin ComputeOptions compute = new ComputeOptions();

    @Option(
            names = "--context",
            paramLabel = "N",
            description = "Longest prompt and answer together, in tokens.")
    Optional<Integer> context = Optional.empty();

    /** Loads a model by name or path; without one, the embedded model. */
    LoadedModel load(Optional<String> model) throws IOException {
        return load(model, Speculation.AUTO);
    }

    /** Loads it with guesses from there. */
    LoadedModel load(Optional<String> model, Speculation speculation) throws IOException {
        LoadOptions options =
                new LoadOptions(
                        compute.threads(),
                        context.isPresent()
                                ? OptionalInt.of(
                                        ComputeOptions.atLeastOne("--context", context.get()))
                                : OptionalInt.empty(),
                        compute.rung(),
                        speculation);
        Console console = Console.ofProcess();
        return ModelLoader.load(
                ModelStore.ofEnvironment().resolve(model),
                options,
                new RepackLine(console.err(), console.interactive()));
    }
}
