package dev.cachalot.library.hub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The checksum that the hub gives for a file: SHA-256 of its bytes, or git's id of a blob (SHA-1 of
 * "blob ", the size, a zero byte and the bytes).
 */
final class Checksum {
    private final MessageDigest digest;
    private final String expected;

    private Checksum(String algorithm, String expected) {
        try {
            this.digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException lacking) {
            throw new IllegalStateException("every Java has " + algorithm, lacking);
        }
        this.expected = expected;
    }

    /** A fresh sum of nothing yet. */
    static Checksum of(HubFile file) {
        if (file.sha256().isPresent()) {
            return new Checksum("SHA-256", file.sha256().get());
        }
        Checksum git = new Checksum("SHA-1", file.blobId().orElseThrow());
        git.digest.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        return git;
    }

    void add(ByteBuffer bytes) {
        digest.update(bytes);
    }

    /** Whether the bytes added are those expected; ends this sum. */
    boolean matches() {
        return HexFormat.of().formatHex(digest.digest()).equals(expected);
    }
}
