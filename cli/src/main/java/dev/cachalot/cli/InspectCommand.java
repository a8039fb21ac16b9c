package dev.cachalot.cli;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.ModelStore;
import dev.cachalot.library.ModelSummary;
import dev.cachalot.library.hub.Sizes;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code inspect}: what is in a file, also where this build cannot run it. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Shows the metadata and the tensors of a GGUF or safetensors model.")
final class InspectCommand implements Callable<Integer> {
    private static final int WIDEST = 80; // column of names

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "A GGUF or safetensors file, a folder, or the name of a model.")
    String file = "";

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    InspectCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint =
                Checkpoint.open(ModelStore.ofEnvironment().resolve(Optional.of(file)))) {
            if (json) {
                console.out().println(InspectJson.of(checkpoint));
            } else {
                print(checkpoint, console.out());
            }
        }
        return 0;
    }

    private static void print(Checkpoint checkpoint, PrintStream out) throws IOException {
        List<TensorInfo> tensors = checkpoint.tensorInfos();
        ModelSummary summary = ModelSummary.of(checkpoint);
        out.printf(
                "%s: %s, %s (%,d bytes), %,d tensors%n",
                checkpoint.path(),
                checkpoint.format(),
                Sizes.shown(checkpoint.bytes()),
                checkpoint.bytes(),
                tensors.size());
        summary.facts().forEach((name, value) -> out.printf("  %-24s %s%n", name, shown(value)));
        summary.typeBytes()
                .forEach(
                        (type, bytes) ->
                                out.printf("  %-24s %s%n", "type " + type, Sizes.shown(bytes)));
        print("metadata", checkpoint.metadata(), out);
        checkpoint.config().ifPresent(config -> print("config.json", config, out));
        out.printf("%ntensors%n");
        int longest =
                tensors.stream()
                        .mapToInt(info -> Math.min(WIDEST, info.name().length()))
                        .max()
                        .orElse(0);
        for (TensorInfo info : tensors) {
            out.printf(
                    "  %-" + Math.max(1, longest) + "s  %-8s %-22s %,15d bytes%s%n",
                    Console.harmless(info.name()),
                    info.dtypeName(),
                    info.shape(),
                    info.bytes(),
                    info.dtype().isPresent() ? "" : "  (this build cannot compute with it)");
        }
    }

    /** Large counts also in words. */
    private static String shown(Object value) {
        if (value instanceof Long count) {
            return count < 1_000_000
                    ? "%,d".formatted(count)
                    : "%,d (%s)".formatted(count, PlanText.number(count));
        }
        return Console.harmless(String.valueOf(value));
    }

    private static void print(String title, Metadata metadata, PrintStream out) {
        if (!metadata.values().isEmpty()) {
            out.printf("%n%s%n", title);
            metadata.values()
                    .forEach(
                            (key, value) ->
                                    out.printf(
                                            "  %s = %s%n",
                                            Console.harmless(key),
                                            Console.harmless(String.valueOf(value))));
        }
    }
}
