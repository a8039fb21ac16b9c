package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A user's error is one line that says what was found and what to try; the exit code is 2. */
class UserErrorsTest {
    @TempDir private static Path folder;
    private static String model = "";

    @BeforeAll
    static void writeModel() throws Exception {
        model = TinyModel.write(folder.resolve("tiny.gguf")).toString();
    }

    @Test
    void emptyPromptIsOneSentence() {
        assertOneLine(Run.of("chat", "  \n"), "the prompt is empty");
        assertOneLine(Run.of("chat"), "the prompt is empty");
    }

    @Test
    void unknownModelNamesTheOnesThereAre() {
        assertOneLine(Run.of("chat", "--model", "whale", "Hi"), "no model 'whale'");
    }

    @Test
    void missingFileIsNamed() {
        assertOneLine(Run.of("inspect", folder.resolve("none.gguf").toString()), "none.gguf");
    }

    @Test
    void truncatedFileNamesTheByte() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(model));
        Path cut = folder.resolve("cut.gguf");
        Files.write(cut, java.util.Arrays.copyOf(whole, 1000));
        assertOneLine(Run.of("inspect", cut.toString()), "at byte");
    }

    @Test
    void unknownOptionAndCommandSayWhereToLook() {
        assertOneLine(Run.of("chat", "--effrt", "high", "Hi"), "--effrt");
        assertOneLine(Run.of("chatt"), "chatt");
        assertOneLine(Run.of("chat", "--kernels", "fast", "Hi"), "vector");
        assertOneLine(Run.of("chat", "--speculate", "wildly", "Hi"), "lookup");
        assertOneLine(
                Run.of("chat", "--speculate", "mtp", "--model", model, "Hi"),
                "no multi-token-prediction block");
        assertOneLine(Run.of("chat", "--seed", "many", "Hi"), "--seed");
    }

    @Test
    void numbersOutOfRangeAreNamed() {
        assertOneLine(Run.of("chat", "--threads", "0", "--model", model, "Hi"), "--threads is 0");
        assertOneLine(Run.of("chat", "--context", "-3", "--model", model, "Hi"), "--context is -3");
        assertOneLine(
                Run.of("chat", "--context", "100000", "--model", model, "Hi"),
                "context is 100,000; the model was built for at most 512 tokens");
        assertOneLine(
                Run.of("chat", "--temperature", "-1", "--model", model, "Hi"),
                "--temperature is -1.0");
    }

    @Test
    void promptLongerThanTheContextIsRefused() {
        assertOneLine(
                Run.of("chat", "--model", model, "--context", "8", "one two three four five"),
                "context");
    }

    @Test
    void tokensOutsideTheVocabularyAreRefused() {
        String out = folder.resolve("out.f32").toString();
        assertOneLine(
                Run.of("logits", "--model", model, "--tokens", "1,99999", "--out", out),
                "token id 99999");
        assertOneLine(Run.of("logits", "--model", model, "--tokens", "1,x", "--out", out), "'x'");
    }

    @Test
    @Timeout(60) // a server that starts after all would serve for ever
    void portThatIsTakenSuggestsAnother() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertOneLine(
                    Run.of("serve", "--model", model, "--port", port),
                    "port " + port + " of 127.0.0.1 cannot");
        }
        assertOneLine(Run.of("serve", "--model", model, "--port", "70000"), "--port is 70000");
        assertOneLine(
                Run.of("serve", "--model", model, "--model", model, "--port", "0"),
                "two models are called 'tiny'");
    }

    @Test
    void namesThatNoModelHasAreOneLineInEveryCommandOfTheLibrary() {
        assertOneLine(Run.of("pull", "whale"), "'whale' names no model of the hub");
        assertOneLine(Run.of("pull", "../etc/passwd"), "org/name:file");
        assertOneLine(Run.of("rm", "whale"), "no model 'whale'");
        assertOneLine(Run.of("rm", model), "only models in that folder are removed");
    }

    @Test
    void plansThatCannotBeAreRefused() {
        assertOneLine(Run.of("plan", model, "--users", "0"), "--users is 0");
        assertOneLine(
                Run.of("plan", model, "--context", "100000"),
                "context is 100,000; the model was built for at most 512 tokens");
    }

    @Test
    void brokenUtf8NamesTheByte() {
        assertOneLine(
                Run.with(new byte[] {'a', (byte) 0xC3, '('}, "tokenize", "--model", model),
                "0xC3 at offset 1");
    }

    @Test
    void failuresOfOurOwnComeWithATraceAndAnotherCode() {
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        int code =
                Failures.ofRunning(
                        new java.io.PrintStream(err, true, java.nio.charset.StandardCharsets.UTF_8),
                        new IllegalStateException("a bug"));
        assertThat(code).isEqualTo(70);
        assertThat(err.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains("IllegalStateException: a bug")
                .contains("at dev.cachalot.cli.UserErrorsTest");
    }

    private static void assertOneLine(Run run, String contains) {
        assertThat(run.err().strip().lines()).as(run.err()).hasSize(1);
        assertThat(run.err()).contains(contains).doesNotContain("Exception");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
    }
}
