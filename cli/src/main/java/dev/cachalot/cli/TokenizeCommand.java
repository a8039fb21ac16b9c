package dev.cachalot.cli;

import static java.util.stream.Collectors.joining;

import dev.cachalot.library.ModelStore;
import dev.cachalot.library.ModelTokenizers;
import dev.cachalot.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code tokenize}: text to ids and back, byte for byte. */
@Command(
        name = "tokenize",
        mixinStandardHelpOptions = true,
        description = "Turns the text of standard input into token ids, or ids into text.")
final class TokenizeCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Name of a model, or path of a GGUF file, a folder or a tokenizer.json.")
    Optional<String> model = Optional.empty();

    @Option(names = "--decode", description = "Turn ids into text.")
    boolean decode;

    TokenizeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        Tokenizer tokenizer = ModelTokenizers.read(ModelStore.ofEnvironment().resolve(model));
        byte[] input = console.in().readAllBytes();
        if (decode) {
            String text = StandardInput.utf8(input);
            if (!text.isBlank()) {
                console.out()
                        .write(tokenizer.decodeToBytes(TokenIds.parse("standard input", text)));
            }
        } else {
            int[] ids = tokenizer.encode(StandardInput.utf8(input));
            console.out()
                    .print(
                            Arrays.stream(ids).mapToObj(Integer::toString).collect(joining(" "))
                                    + "\n");
        }
        console.out().flush();
        return 0;
    }
}
