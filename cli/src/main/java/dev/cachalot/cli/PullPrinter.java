package dev.cachalot.cli;

import dev.cachalot.library.hub.PullProgress;
import dev.cachalot.library.hub.Sizes;
import java.time.Duration;

/**
 * Progress of a download on standard error: one line that is written over on a terminal, else a
 * line every ten seconds.
 */
final class PullPrinter implements PullProgress {
    private static final long TERMINAL_NANOS = 200_000_000L;
    private static final long PIPE_NANOS = 10_000_000_000L;
    private static final double SMOOTHING_S = 5; // the speed is that of the last few seconds

    private final Console console;
    private long printedNanos;
    private long lastNanos;
    private long lastDone;
    private double perS;
    private int width; // of the line that stands there

    PullPrinter(Console console) {
        this.console = console;
        this.printedNanos = System.nanoTime();
        this.lastNanos = printedNanos;
        this.lastDone = -1;
    }

    @Override
    public void at(String file, long done, long total) {
        long now = System.nanoTime();
        if (now - printedNanos < (console.coloured() ? TERMINAL_NANOS : PIPE_NANOS)) {
            if (lastDone < 0) {
                lastDone = done;
            }
            return;
        }
        measure(done, now);
        printedNanos = now;
        print(line(file, done, total, perS));
    }

    private void measure(long done, long now) {
        double seconds = (now - lastNanos) / 1e9;
        if (lastDone >= 0 && done >= lastDone && seconds > 0) {
            double speed = (done - lastDone) / seconds;
            double weight = perS == 0 ? 1 : 1 - Math.exp(-seconds / SMOOTHING_S);
            perS += weight * (speed - perS);
        }
        lastDone = done;
        lastNanos = now;
    }

    static String line(String file, long done, long total, double perS) {
        String left =
                perS < 1 ? "" : ", " + time(Math.round(Math.max(0, total - done) / perS)) + " left";
        return "%s: %s of %s, %.0f %%, %s/s%s"
                .formatted(
                        file,
                        Sizes.shown(done),
                        Sizes.shown(total),
                        total == 0 ? 100 : 100.0 * done / total,
                        Sizes.shown(Math.round(perS)),
                        left);
    }

    private static String time(long seconds) {
        return seconds < 60
                ? seconds + " s"
                : seconds < 3600
                        ? "%d min %02d s".formatted(seconds / 60, seconds % 60)
                        : "%d h %02d min".formatted(seconds / 3600, seconds / 60 % 60);
    }

    @Override
    public void waiting(String why, Duration pause) {
        print("%s; again in %d s".formatted(why, pause.toSeconds()));
        lastDone = -1;
        lastNanos = System.nanoTime();
    }

    private void print(String line) {
        if (console.coloured()) {
            console.err().print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else {
            console.err().println(line);
        }
        console.err().flush();
    }

    /** Ends the line that is written over. */
    void end() {
        if (width > 0) {
            console.err().println();
        }
    }
}
