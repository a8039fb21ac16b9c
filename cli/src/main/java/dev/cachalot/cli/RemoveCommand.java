package dev.cachalot.cli;

import dev.cachalot.library.InstalledModels;
import dev.cachalot.library.ModelStore;
import dev.cachalot.library.hub.Sizes;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rm}: away with a model. */
@Command(
        name = "rm",
        mixinStandardHelpOptions = true,
        description = "Removes a model that was fetched, without asking.")
final class RemoveCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "NAME", description = "A name that 'list' shows.")
    String name = "";

    RemoveCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        long freed = new InstalledModels(ModelStore.ofEnvironment()).remove(name);
        console.out().printf("removed %s: %s free%n", name, Sizes.shown(freed));
        return 0;
    }
}
