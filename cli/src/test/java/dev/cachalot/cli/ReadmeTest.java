package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README says of the tree, the guided tour and the commands is true. */
class ReadmeTest {
    private static final Path ROOT = Repository.root();
    private static final int SECOND_COLUMN = 42;

    private static String readme() throws IOException {
        return Files.readString(ROOT.resolve("README.md"));
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    /** What stands before the first wide gap, at its commas. */
    private static List<String> names(String entry) {
        return List.of(entry.split(" {2,}", 2)[0].split(", ", -1));
    }

    @Test
    void itsPartsStandInTheirOrder() throws IOException {
        assertThat(readme()).startsWith("# Cachalot\n\nAn open, self-hosted");
        assertThat(found(readme(), "^## (.+)$"))
                .containsExactly(
                        "A run in five minutes",
                        "What it can and cannot do",
                        "The tree",
                        "A guided tour, eight files",
                        "How to prove a change",
                        "Licence");
    }

    @Test
    void everyModuleStandsInTheTreeAndEveryFolderOfTheTreeExists() throws IOException {
        Matcher section =
                Pattern.compile("## The tree\\s+```\\n(.*?)```", Pattern.DOTALL).matcher(readme());
        assertThat(section.find()).isTrue();
        List<String> named = new ArrayList<>();
        for (String line : section.group(1).lines().toList()) { // two columns
            named.addAll(names(line));
            if (line.length() > SECOND_COLUMN) {
                named.addAll(names(line.substring(SECOND_COLUMN)));
            }
        }
        assertThat(named).allSatisfy(name -> assertThat(ROOT.resolve(name)).exists());
        List<String> modules =
                found(Files.readString(ROOT.resolve("pom.xml")), "<module>(\\w+)</module>");
        assertThat(modules).isNotEmpty();
        assertThat(named)
                .containsAll(modules)
                .contains("recipes", "models", "docs", "cachalot", "mvnw");
    }

    @Test
    void everyFileOfTheTourAndEveryLinkExists() throws IOException {
        List<String> tour = found(readme(), "^\\d\\. `([^`]+)`");
        assertThat(tour).hasSize(8);
        assertThat(tour).allSatisfy(file -> assertThat(ROOT.resolve(file)).isRegularFile());
        List<String> links = found(readme(), "\\]\\(([^):#]+)\\)");
        assertThat(links).isNotEmpty();
        assertThat(links).allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    @Test
    void everyCommandOfTheTableIsKnown() throws IOException {
        List<String> commands = found(readme(), "^\\| `\\./cachalot (\\w+)");
        assertThat(commands).isNotEmpty();
        assertThat(commands)
                .allSatisfy(command -> assertThat(Run.of(command, "--help").code()).isZero());
    }
}
