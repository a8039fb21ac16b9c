package dev.cachalot.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The folder of golden models and data beside the checkout; absent on a fresh clone. */
public final class SharedFolder {

    /**
     * The folder named by the environment variable CACHALOT_SHARED, or the first {@code shared}
     * folder with a {@code golden} folder in it beside the working directory or one of its
     * ancestors.
     */
    public static Optional<Path> find() {
        String named = System.getenv("CACHALOT_SHARED");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("shared");
            if (Files.isDirectory(candidate.resolve("golden"))) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private SharedFolder() {}
}
