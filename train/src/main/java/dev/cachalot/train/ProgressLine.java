package dev.cachalot.train;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows a run on a terminal: one line that is written over, or, where the output is no terminal, a
 * line every ten seconds.
 */
final class ProgressLine {
    private static final double QUIET_SECONDS = 10;
    private static final int WIDTH = 100;

    private final PrintStream out;
    private final boolean overwrite;
    private double lastShown = Double.NEGATIVE_INFINITY;
    private boolean open; // a line without its end is on the screen

    ProgressLine(PrintStream out, boolean overwrite) {
        this.out = out;
        this.overwrite = overwrite;
    }

    /** Shows a step, of a run that has {@code secondsLeft} to go. */
    void show(StepRecord step, long steps, double secondsLeft) {
        String line = line(step, steps, secondsLeft);
        if (overwrite) {
            out.print("\r" + line + " ".repeat(Math.max(0, WIDTH - line.length())));
            out.flush();
            open = true;
        } else if (step.seconds() - lastShown >= QUIET_SECONDS || step.step() == steps) {
            out.println(line);
            lastShown = step.seconds();
        }
    }

    static String line(StepRecord step, long steps, double secondsLeft) {
        return String.format(
                Locale.ROOT,
                "step %,d of %,d  loss %.4f  right %.1f %%  %,.0f tokens/s  %s left",
                step.step(),
                steps,
                step.loss(),
                100 * step.accuracy(),
                step.tokensPerSecond(),
                duration(secondsLeft));
    }

    static String duration(double seconds) {
        long whole = Math.max(0, Math.round(seconds));
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }

    /** Prints a line of its own. */
    void say(String message) {
        if (open) {
            out.println();
            open = false;
        }
        out.println(message);
        out.flush();
    }
}
