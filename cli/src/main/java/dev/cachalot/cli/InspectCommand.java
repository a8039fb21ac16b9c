package dev.cachalot.cli;

import static java.util.stream.Collectors.joining;

import dev.cachalot.checkpoint.Checkpoint;
import dev.cachalot.checkpoint.Metadata;
import dev.cachalot.checkpoint.TensorInfo;
import dev.cachalot.library.ModelStore;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
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

    private static void print(Checkpoint checkpoint, PrintStream out) {
        List<TensorInfo> tensors = checkpoint.tensorInfos();
        long numbers = tensors.stream().mapToLong(info -> info.shape().elements()).sum();
        out.printf(
                "%s: %s, %,d bytes, %,d tensors of %,d numbers%n",
                checkpoint.path(),
                checkpoint.format(),
                checkpoint.bytes(),
                tensors.size(),
                numbers);
        Map<String, Long> bytes = new TreeMap<>();
        tensors.forEach(info -> bytes.merge(info.dtypeName(), info.bytes(), Long::sum));
        out.println(
                bytes.entrySet().stream()
                        .map(type -> "%s %,d bytes".formatted(type.getKey(), type.getValue()))
                        .collect(joining(", ", "types: ", "")));
        print("metadata", checkpoint.metadata(), out);
        checkpoint.config().ifPresent(config -> print("config.json", config, out));
        out.printf("%ntensors%n");
        int longest = tensors.stream().mapToInt(info -> info.name().length()).max().orElse(0);
        for (TensorInfo info : tensors) {
            out.printf(
                    "  %-" + Math.max(1, longest) + "s  %-8s %-22s %,15d bytes%s%n",
                    info.name(),
                    info.dtypeName(),
                    info.shape(),
                    info.bytes(),
                    info.dtype().isPresent() ? "" : "  (this build cannot compute with it)");
        }
    }

    private static void print(String title, Metadata metadata, PrintStream out) {
        if (!metadata.values().isEmpty()) {
            out.printf("%n%s%n", title);
            metadata.values().forEach((key, value) -> out.printf("  %s = %s%n", key, value));
        }
    }
}
