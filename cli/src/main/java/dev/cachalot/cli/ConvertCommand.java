package dev.cachalot.cli;

import dev.cachalot.checkpoint.repack.RepackedFile;
import dev.cachalot.library.ModelStore;
import dev.cachalot.library.Repacking;
import dev.cachalot.library.convert.Conversion;
import dev.cachalot.library.convert.ConversionReport;
import dev.cachalot.library.convert.TargetType;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code convert}: another type of weights, another format. */
@Command(
        name = "convert",
        mixinStandardHelpOptions = true,
        description = {
            "Converts a model to another type of weights, and between GGUF and Hugging Face folders.",
            "OUT is a GGUF file where its name ends in .gguf, else a new folder with safetensors.",
            "Norms, biases and routers stay f32. q4_k_m is q4_k with q6_k for the output matrix and,",
            "in about half of the layers, for the attention's values and the feed-forward's last matrix.",
            "Rows that a type's blocks do not divide get a type with smaller blocks, or f16.",
            "--repack also writes OUT.repacked, which the first run with OUT would write otherwise."
        })
final class ConvertCommand implements Callable<Integer> {
    private static final int FALLBACKS_SHOWN = 5;

    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "IN",
            description = "A GGUF file, a Hugging Face folder, or the name of a model.")
    String in = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The file or folder to write; an old file is replaced when all is done.")
    Path out = Path.of("");

    @Option(
            names = "--type",
            required = true,
            paramLabel = "T",
            description = "f32, f16, bf16, and for GGUF q8_0, q4_0, q4_k, q5_k, q6_k, q4_k_m.")
    TargetType type = TargetType.BF16;

    @Option(
            names = "--repack",
            description = "Lay the weights out for this machine too, in a file beside OUT.")
    boolean repack;

    ConvertCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Path source = ModelStore.ofEnvironment().resolve(Optional.of(in));
        ConversionProgress progress = new ConversionProgress(console.err(), console.coloured());
        ConversionReport report;
        try {
            report = Conversion.run(source, out, type, progress::show);
        } finally {
            progress.end();
        }
        print(report, console.out());
        if (repack) {
            layOut();
        }
        return 0;
    }

    private void layOut() throws IOException {
        ComputeOptions fastest = new ComputeOptions();
        RepackLine line = new RepackLine(console.err(), console.coloured());
        long bytes = Repacking.run(out, fastest.threads(), fastest.rung(), line);
        Path file = RepackedFile.beside(out);
        console.out()
                .println(
                        bytes > 0
                                ? "%s written: %,d bytes of weights laid out for this machine"
                                        .formatted(file, bytes)
                                : "note: no %s, for this machine reads such weights as they lie"
                                        .formatted(file.getFileName()));
    }

    private void print(ConversionReport report, PrintStream out) {
        out.printf(
                "%s written: %,d tensors, %,d bytes of weights from %,d%n",
                this.out, report.tensors().size(), report.bytesWritten(), report.bytesRead());
        out.println(
                report.numbersByType().entrySet().stream()
                        .map(each -> "%s %,d".formatted(name(each.getKey()), each.getValue()))
                        .collect(Collectors.joining(", ", "numbers by type: ", "")));
        Optional<ConversionReport.Line> worst = report.worst();
        if (worst.isEmpty()) {
            out.println("error: none, every number is the source's");
        } else {
            out.printf(
                    "error: %.3g of the numbers' size (root mean square); worst is %s (%s) with %.3g%n",
                    report.relativeError(),
                    worst.get().name(),
                    name(worst.get().stored()),
                    worst.get().relativeError());
        }
        List<ConversionReport.Line> fallbacks = report.fallbacks();
        if (!fallbacks.isEmpty()) {
            out.printf(
                    "%,d tensors have another type, for their rows do not fill whole blocks: %s%s%n",
                    fallbacks.size(),
                    fallbacks.stream()
                            .limit(FALLBACKS_SHOWN)
                            .map(
                                    line ->
                                            "%s is %s, not %s"
                                                    .formatted(
                                                            line.name(),
                                                            name(line.stored()),
                                                            name(line.wanted())))
                            .collect(Collectors.joining(", ")),
                    fallbacks.size() > FALLBACKS_SHOWN ? ", ..." : "");
        }
        report.notes().forEach(note -> out.println("note: " + note));
    }

    private static String name(Enum<?> type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
