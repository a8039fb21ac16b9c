import dev.cachalot.engine.GenerationEvent;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.Speculation;
import dev.cachalot.engine.TokenStream;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.tensor.Rung;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Cachalot's side of bin/bench-llama-cpp: holds one model and times what standard input asks for.
 * Arguments: file, threads, context. A line {@code KIND COUNT ID,ID,...} is answered by the seconds
 * of reading those ids ({@code prompt 1 ...}) or of {@code COUNT} more tokens after the first one
 * ({@code generate COUNT ...}).
 */
final class BenchLlamaCpp {
    private BenchLlamaCpp() {}

    static void main(String[] args) throws Exception {
        String kernels = System.getProperty("kernels", "auto");
        LoadOptions options =
                new LoadOptions(
                        Integer.parseInt(args[1]),
                        OptionalInt.of(Integer.parseInt(args[2])),
                        kernels.equals("auto")
                                ? Rung.fastest()
                                : Rung.valueOf(kernels.toUpperCase(Locale.ROOT)),
                        Speculation.OFF);
        BufferedReader in =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (LoadedModel model = ModelLoader.load(Path.of(args[0]), options)) {
            String rung = model.kernels().rung().name().toLowerCase(Locale.ROOT);
            System.out.printf(
                    "{\"vocab\": %d, \"engine\": \"Cachalot, %s kernels\"}%n",
                    model.config().vocabSize(), rung);
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                int[] ids = Stream.of(words[2].split(",")).mapToInt(Integer::parseInt).toArray();
                System.out.println(
                        words[0].equals("prompt")
                                ? seconds(model, ids, 0)
                                : seconds(model, ids, Integer.parseInt(words[1])));
            }
        }
    }

    /** Of reading the prompt, or of the tokens after the first. */
    private static double seconds(LoadedModel model, int[] ids, int generate) {
        GenerationRequest request =
                new GenerationRequest(ids, generate + 1, SamplingParameters.greedy(), Set.of());
        long start = System.nanoTime();
        try (TokenStream stream = model.engine().submit(request)) {
            token(stream);
            if (generate == 0) {
                return (System.nanoTime() - start) / 1e9;
            }
            start = System.nanoTime();
            for (int i = 0; i < generate; i++) {
                token(stream);
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    private static void token(TokenStream stream) {
        switch (stream.next()) {
            case GenerationEvent.Token _ -> {}
            case GenerationEvent.Finished finished ->
                    throw new IllegalStateException("generation ended early: " + finished);
            case GenerationEvent.Failed(var cause) -> throw cause;
        }
    }
}
