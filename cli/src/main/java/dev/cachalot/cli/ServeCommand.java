package dev.cachalot.cli;

import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.engine.Speculation;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.server.CachalotServer;
import dev.cachalot.server.ModelCatalog;
import dev.cachalot.server.ServedModel;
import dev.cachalot.server.ServerConfig;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code serve}: the API and the chat page, until Ctrl-C. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Serves the OpenAI-style API and the chat page on this machine only.")
final class ServeCommand implements Callable<Integer> {
    private static final Logger WEB_LOG = Logger.getLogger("io.helidon");

    private final Console console;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "TCP port, or 0 for any free one (default: ${DEFAULT-VALUE}).",
            defaultValue = "8080")
    int port = 8080;

    @Option(
            names = "--model",
            paramLabel = "M",
            description = "Name or path of a model; may be given again (default: embedded).")
    List<String> models = new ArrayList<>();

    @Mixin ModelOptions options = new ModelOptions();

    @Mixin SpeculationOptions guesses = new SpeculationOptions();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (port < 0 || port > 65_535) {
            throw new UserException("--port is " + port + "; expected 1 to 65535, or 0 for any");
        }
        Deque<LoadedModel> loaded = new ArrayDeque<>(); // the last one first
        try {
            ServedModel[] served = load(loaded);
            CountDownLatch stop = new CountDownLatch(1);
            CountDownLatch over = new CountDownLatch(1);
            // Ctrl-C and kill let open answers end: the JVM waits for its hooks.
            Thread hook = new Thread(() -> stopAndAwait(stop, over), "stop-serving");
            Runtime.getRuntime().addShutdownHook(hook);
            try (CachalotServer server = start(ModelCatalog.of(served))) {
                console.out().println("chat page and API at " + server.url() + " (Ctrl-C stops)");
                console.out().println(loaded.getFirst().kernels().rung().reason());
                console.out().flush();
                awaitStop(stop);
            } finally {
                loaded.forEach(LoadedModel::close);
                loaded.clear();
                over.countDown();
                if (stop.getCount() > 0) {
                    Runtime.getRuntime().removeShutdownHook(hook);
                }
            }
        } finally {
            loaded.forEach(LoadedModel::close);
        }
        return 0;
    }

    private ServedModel[] load(Deque<LoadedModel> loaded) throws IOException {
        List<Optional<String>> names =
                models.isEmpty()
                        ? List.of(Optional.empty())
                        : models.stream().map(Optional::of).toList();
        List<ServedModel> served = new ArrayList<>();
        for (Optional<String> name : names) {
            LoadedModel model = options.load(name, guesses.speculate.orElse(Speculation.AUTO));
            loaded.addFirst(model);
            if (served.stream().anyMatch(other -> other.id().equals(model.name()))) {
                throw new UserException(
                        "two models are called '"
                                + model.name()
                                + "'; expected each name once, for requests choose by it");
            }
            served.add(
                    new ServedModel(
                            model.name(),
                            ChatCommand.serve(model),
                            model.contextLength(),
                            SamplingParameters.greedy()));
        }
        return served.toArray(ServedModel[]::new);
    }

    private CachalotServer start(ModelCatalog catalog) {
        WEB_LOG.setLevel(Level.WARNING); // it tells of its start
        return CachalotServer.start(ServerConfig.local(port), catalog);
    }

    /** An interrupt is a request to stop too: tests have no Ctrl-C. */
    private static void awaitStop(CountDownLatch stop) {
        try {
            stop.await();
        } catch (InterruptedException asked) {
            // the caller closes everything and returns, as after Ctrl-C
        }
    }

    private static void stopAndAwait(CountDownLatch stop, CountDownLatch over) {
        stop.countDown();
        while (true) {
            try {
                over.await();
                return;
            } catch (InterruptedException again) {
                // nobody interrupts a shutdown hook but a debugger; open answers matter more
            }
        }
    }
}
