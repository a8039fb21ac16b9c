package dev.cachalot.cli;

import dev.cachalot.library.ModelStore;
import dev.cachalot.library.hub.Hub;
import dev.cachalot.library.hub.HubSettings;
import dev.cachalot.library.hub.Sizes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code pull}: fetches a model; the only command that connects to another machine. */
@Command(
        name = "pull",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches a model from the hub, goes on where it was cut off, checks its checksum.",
            "CACHALOT_HUB or HF_ENDPOINT name another hub, HF_TOKEN a token for it."
        })
final class PullCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description =
                    "org/name, org/name:FILE (a file, or its type such as Q4_K_M), either with @REVISION; or a short name such as deepseek-r1:1.5b.")
    String name = "";

    PullCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Hub hub = new Hub(HubSettings.ofEnvironment(), ModelStore.ofEnvironment().folder());
        PullPrinter printer = new PullPrinter(console);
        Hub.Pulled pulled;
        try {
            pulled = hub.pull(name, printer);
        } finally {
            printer.end();
        }
        console.out()
                .printf(
                        "%s: %s, %s %s@%s%n",
                        pulled.path(),
                        Sizes.shown(pulled.bytes()),
                        pulled.fetched() == 0 ? "was here already, checked against" : "from",
                        pulled.repository(),
                        pulled.commit().substring(0, 12));
        console.out().printf("try: ./cachalot chat --model %s%n", pulled.name());
        return 0;
    }
}
