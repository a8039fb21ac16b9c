package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The finder of the launcher and of mvnw, among folders that only look like JDKs. */
class FindJdkTest {
    @TempDir private Path folder;

    private record Found(int code, String out, String err) {}

    @Test
    void javaHomeComesFirstWhenItIsNewEnough() throws Exception {
        Path own = jdk("my jdk", "25.0.3");
        jdk("home/.jdks/other", "25.0.4");
        assertThat(find(own.toString())).isEqualTo(new Found(0, own + "\n", ""));
    }

    @Test
    void olderOnesArePassedOver() throws Exception {
        Path old = jdk("old", "25.0.2");
        jdk("home/.jdks/a", "17.0.15");
        jdk("home/.jdks/b", "26");
        Path good = jdk("home/.sdkman/candidates/java/c", "25.0.10");
        assertThat(find(old.toString())).isEqualTo(new Found(0, good + "\n", ""));
    }

    @Test
    void withoutOneASentenceSaysWhatToDo() throws Exception {
        Found found = find(jdk("old", "25.0.2").toString());
        assertThat(found.code()).isEqualTo(2);
        assertThat(found.out()).isEmpty();
        assertThat(found.err()).startsWith("cachalot needs a JDK 25").contains("JAVA_HOME");
        assertThat(found.err().strip().lines()).hasSize(1);
    }

    private Path jdk(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Path javac = Files.createDirectories(home.resolve("bin")).resolve("javac");
        Files.writeString(javac, "#!/bin/sh\n");
        assertThat(javac.toFile().setExecutable(true)).isTrue();
        Files.writeString(
                home.resolve("release"),
                "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home;
    }

    private Found find(String javaHome) throws Exception {
        Path script = Path.of("..", "bin", "find-jdk").toAbsolutePath().normalize();
        Path bash = Path.of("/bin/bash");
        assumeTrue(Files.isExecutable(bash), "there is no /bin/bash here");
        Path errors = folder.resolve("errors.txt");
        ProcessBuilder builder = new ProcessBuilder(bash.toString(), script.toString());
        builder.environment().put("JAVA_HOME", javaHome);
        builder.environment().put("HOME", folder.resolve("home").toString());
        builder.environment().put("SYSTEM_JVMS", folder.resolve("none").toString());
        builder.environment().put("PATH", toolsWithoutJavac());
        builder.redirectError(errors.toFile());
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Found(process.waitFor(), out, Files.readString(errors));
    }

    /** A folder with links to the tools that the script calls, and no Java. */
    private String toolsWithoutJavac() throws IOException {
        Path tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : new String[] {"dirname", "readlink"}) {
            Path link = tools.resolve(tool);
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, Path.of("/usr/bin").resolve(tool));
            }
        }
        return tools.toString();
    }
}
