package dev.cachalot.cli;

import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.tensor.Ceilings;
import dev.cachalot.tensor.WorkerPool;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bench}: how fast a model runs here, beside what the machine can do at most. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures prompt and generation speed, and the machine's own ceilings.")
final class BenchCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Name of a model, or path of a GGUF file or folder (default: embedded).")
    Optional<String> model = Optional.empty();

    @Option(
            names = "--prompt",
            paramLabel = "N",
            description = "Tokens of the prompt (default: ${DEFAULT-VALUE}).",
            defaultValue = "256")
    int prompt = 256;

    @Option(
            names = "--generate",
            paramLabel = "N",
            description = "Tokens generated after it (default: ${DEFAULT-VALUE}).",
            defaultValue = "24")
    int generate = 24;

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    @Mixin ModelOptions options = new ModelOptions();

    @Mixin SpeculationOptions guesses = new SpeculationOptions();

    BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ComputeOptions.atLeastOne("--prompt", prompt);
        if (generate < 2) {
            throw new UserException(
                    "--generate is " + generate + "; expected 2 or more, to time the later ones");
        }
        int threads = options.compute.threads();
        try (LoadedModel loaded = options.load(model, guesses.speculate.orElse(Speculation.OFF))) {
            if ((long) prompt + generate > loaded.contextLength()) {
                throw new UserException(
                        "--prompt and --generate are %,d tokens together; this model's context holds %,d"
                                .formatted((long) prompt + generate, loaded.contextLength()));
            }
            VectorModule.load(); // the ceilings are measured with it, whatever the model runs on
            Ceilings ceilings;
            try (WorkerPool pool = new WorkerPool(threads)) {
                ceilings = Ceilings.measure(pool);
            }
            BenchReport report = BenchRun.measure(loaded, ceilings, threads, prompt, generate);
            BenchPrinter printer = new BenchPrinter(report);
            console.out().println(json ? printer.json() : printer.table());
        }
        return 0;
    }
}
