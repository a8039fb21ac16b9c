package dev.cachalot.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The checkout that the tests run in. */
public final class Repository {

    /** Its top folder: the first one from the working directory upwards with the launcher in it. */
    public static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("mvnw"))) {
            at = Objects.requireNonNull(at.getParent(), "no mvnw above the working directory");
        }
        return at;
    }

    /** The model that the product answers with when none is named. */
    public static Path embeddedModel() {
        return root().resolve("models").resolve("cachalot-v0.gguf");
    }

    private Repository() {}
}
