package dev.cachalot.library.hub;

import java.time.Duration;

/** Told how a download gets on, on the thread that downloads. */
public interface PullProgress {
    /** Tells nobody. */
    PullProgress NONE =
            new PullProgress() {
                @Override
                public void at(String file, long done, long total) {}

                @Override
                public void waiting(String why, Duration pause) {}
            };

    /**
     * Bytes that are on this disk.
     *
     * @param file the one that is being fetched or checked
     * @param done of all files together
     * @param total of all files together
     */
    void at(String file, long done, long total);

    /** Something went wrong that may pass; the next try is after the pause. */
    void waiting(String why, Duration pause);
}
