package dev.cachalot.cli;

import dev.cachalot.checkpoint.repack.RepackProgress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Tells a person who waits why a model's first load takes longer: a line that is written over, or a
 * line at the start where the output is no terminal. Nothing is said of what takes no time.
 */
final class RepackLine implements RepackProgress {
    private static final long PATIENCE = 1_000_000_000; // nanoseconds before anything is said
    private static final long INTERVAL = 200_000_000;

    private final PrintStream err;
    private final boolean overwrite;
    private final long start = System.nanoTime();
    private long shown; // when the line was last written; 0 before the first

    RepackLine(PrintStream err, boolean overwrite) {
        this.err = err;
        this.overwrite = overwrite;
    }

    @Override
    public void laidOut(long bytes, long total) {
        long now = System.nanoTime();
        if (now - start < PATIENCE || (shown != 0 && (!overwrite || now - shown < INTERVAL))) {
            return;
        }
        shown = now;
        String line =
                String.format(
                        Locale.ROOT,
                        "laying the weights out for this CPU, once: %.1f of %.1f GB",
                        bytes / 1e9,
                        total / 1e9);
        if (overwrite) {
            err.print("\r" + line);
            err.flush();
        } else {
            err.println(line);
        }
    }

    @Override
    public void finished(long bytes) {
        if (shown != 0 && overwrite) {
            err.println();
        }
    }
}
