package dev.cachalot.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How far a conversion is: one line that is written over, or, where the output is no terminal, a
 * line every ten seconds.
 */
final class ConversionProgress {
    private static final int WIDTH = 100;

    private final PrintStream err;
    private final boolean overwrite;
    private final long interval;
    private final long start = System.nanoTime();
    private long lastShown;
    private boolean open; // a line without its end is on the screen

    ConversionProgress(PrintStream err, boolean overwrite) {
        this.err = err;
        this.overwrite = overwrite;
        this.interval =
                overwrite ? TimeUnit.MILLISECONDS.toNanos(200) : TimeUnit.SECONDS.toNanos(10);
        this.lastShown = overwrite ? start - interval : start;
    }

    /** Shows that {@code done} of {@code all} numbers are written. */
    void show(String tensor, long done, long all) {
        long now = System.nanoTime();
        if (now - lastShown < interval && !(overwrite && done == all)) {
            return;
        }
        lastShown = now;
        double seconds = Math.max(1e-3, (now - start) / 1e9);
        String line =
                String.format(
                        Locale.ROOT,
                        "%5.1f %%  %,.0f M numbers/s  %s",
                        100.0 * done / Math.max(1, all),
                        done / seconds / 1e6,
                        tensor);
        if (overwrite) {
            String cut = line.length() > WIDTH ? line.substring(0, WIDTH) : line;
            err.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
            err.flush();
            open = true;
        } else {
            err.println(line);
        }
    }

    /** Ends the line. */
    void end() {
        if (open) {
            err.println();
            open = false;
        }
    }
}
