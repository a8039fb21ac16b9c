package dev.cachalot.cli;

import dev.cachalot.library.InstalledModels;
import dev.cachalot.library.InstalledModels.Installed;
import dev.cachalot.library.ModelStore;
import dev.cachalot.library.hub.Sizes;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code list}: the models on this disk. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        description = "Lists the models on this disk.")
final class ListCommand implements Callable<Integer> {
    private final Console console;

    ListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        ModelStore store = ModelStore.ofEnvironment();
        List<Installed> models = new InstalledModels(store).list();
        if (models.isEmpty()) {
            console.out()
                    .printf(
                            "no models in %s; fetch one with './cachalot pull NAME'%n",
                            store.folder());
            return 0;
        }
        int name = models.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        int kind = models.stream().mapToInt(each -> each.kind().length()).max().orElse(0);
        for (Installed each : models) {
            console.out()
                    .printf(
                            "%-" + name + "s  %9s  %-" + kind + "s  %s%n",
                            each.name(),
                            Sizes.shown(each.bytes()),
                            each.kind(),
                            each.path());
        }
        return 0;
    }
}
