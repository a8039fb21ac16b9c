package dev.cachalot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PullPrinterTest {

    @Test
    void theLineTellsShareSpeedAndTimeLeft() {
        assertThat(PullPrinter.line("m.gguf", 250_000_000, 1_000_000_000, 10_000_000))
                .isEqualTo("m.gguf: 250 MB of 1.00 GB, 25 %, 10.0 MB/s, 1 min 15 s left");
        assertThat(PullPrinter.line("m.gguf", 0, 0, 0))
                .isEqualTo("m.gguf: 0 B of 0 B, 100 %, 0 B/s");
    }

    @Test
    void aPauseIsToldAtOnce() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        PullPrinter printer =
                new PullPrinter(
                        new Console(InputStream.nullInputStream(), stream, stream, false, false));
        printer.waiting("the hub answers 429", Duration.ofSeconds(17));
        printer.end();
        assertThat(err.toString(StandardCharsets.UTF_8).strip())
                .isEqualTo("the hub answers 429; again in 17 s");
    }
}
