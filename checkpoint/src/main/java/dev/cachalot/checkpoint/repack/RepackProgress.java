package dev.cachalot.checkpoint.repack;

/** Hears how far weights are laid out; on the thread that loads. */
public interface RepackProgress {
    /** Says nothing. */
    RepackProgress NONE = (_, _) -> {};

    /** So many of the model's bytes are laid out. */
    void laidOut(long bytes, long total);

    /** Loading is over; {@code bytes} were laid out, 0 when they came from an earlier file. */
    default void finished(long bytes) {}
}
