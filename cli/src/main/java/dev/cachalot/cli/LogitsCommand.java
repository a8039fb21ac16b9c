package dev.cachalot.cli;

import dev.cachalot.library.ForcedLogits;
import dev.cachalot.library.LoadedModel;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code logits}: what the model makes of given tokens, for comparison with other engines. */
@Command(
        name = "logits",
        mixinStandardHelpOptions = true,
        description = "Writes the logits after each of the given tokens: float32, little-endian.")
final class LogitsCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "M",
            description = "Name of a model, or path of a GGUF file or folder.")
    Optional<String> model = Optional.empty();

    @Option(
            names = "--tokens",
            required = true,
            paramLabel = "1,2,3",
            description = "Token ids, separated by commas.")
    String tokens = "";

    @Option(names = "--out", required = true, paramLabel = "F", description = "File to write.")
    Path out = Path.of("");

    @Mixin ModelOptions options = new ModelOptions();

    LogitsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        int[] ids = TokenIds.parse("--tokens", tokens);
        try (LoadedModel loaded = options.load(model)) {
            TokenIds.check(ids, loaded);
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(out))) {
                ForcedLogits.of(loaded, ids, (_, logits) -> file.write(bytes(logits)));
            }
            console.err()
                    .printf(
                            "%,d positions of %,d logits written to %s%n",
                            ids.length, loaded.config().vocabSize(), out);
        }
        return 0;
    }

    private static byte[] bytes(float[] logits) {
        ByteBuffer row =
                ByteBuffer.allocate(logits.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        row.asFloatBuffer().put(logits);
        return row.array();
    }
}
