package dev.cachalot.library.hub;

import java.time.Duration;

/**
 * How often something is tried again, and after which pauses: 1, 2, 4 s and so on, or as long as
 * the hub asks.
 */
final class Patience {
    static final int TRIES = 6;
    private static final Duration LONGEST_ASKED = Duration.ofMinutes(5);

    /** Waits. */
    @FunctionalInterface
    interface Pauses {
        void pause(Duration length) throws InterruptedException;
    }

    private final Pauses pauses;
    private final PullProgress progress;
    private int failed; // in a row

    Patience(Pauses pauses, PullProgress progress) {
        this.pauses = pauses;
        this.progress = progress;
    }

    /** Something came through: the count of failures starts again. */
    void reward() {
        failed = 0;
    }

    /**
     * Waits for the next try.
     *
     * @throws HubException if there were enough
     */
    void after(TransientException failure) throws InterruptedException {
        failed++;
        Duration pause = failure.after().orElse(Duration.ofSeconds(1L << Math.min(failed - 1, 5)));
        if (pause.compareTo(LONGEST_ASKED) > 0) {
            throw new HubException(
                    HubException.Reason.UNREACHABLE,
                    failure.what()
                            + ", and asks to wait "
                            + pause.toSeconds()
                            + " s; pull again after that: what is here already is kept");
        }
        if (failed >= TRIES) {
            throw new HubException(
                    HubException.Reason.UNREACHABLE,
                    failure.what()
                            + "; tried "
                            + failed
                            + " times. Pull again later: what is here already is kept");
        }
        progress.waiting(failure.what(), pause);
        pauses.pause(pause);
    }
}
