package dev.cachalot.tasks;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The side that a problem belongs to, decided by a hash of its key alone: the same on every
 * machine, for ever.
 */
public enum Split {
    /** Free to learn from. */
    TRAIN,
    /** Held out. */
    TEST;

    /** Keys whose first hash byte is below this are held out: 21 of 256, 8.2 %. */
    private static final int HELD_OUT = 21;

    /** The side of the problem with this {@link Problem#key() key}. */
    public static Split of(String key) {
        return (sha256(key)[0] & 0xff) < HELD_OUT ? TEST : TRAIN;
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "this Java has no SHA-256, which every Java must have; try another JDK", e);
        }
    }
}
