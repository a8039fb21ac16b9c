package dev.cachalot.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class FuzzCommandTest {
    @Test
    void itsHelpNamesEveryTarget() throws IOException {
        String script = Files.readString(Repository.root().resolve("bin/fuzz"));
        assertThat(Targets.ALL)
                .allSatisfy(
                        target ->
                                assertThat(script)
                                        .containsPattern("(?m)^  .*\\b" + target.name() + "\\b"));
    }
}
