package dev.cachalot.checkpoint;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads a file's header from front to back. Every count and length is compared with the bytes left
 * before anything is allocated for it; what does not fit is a {@link CheckpointFormatException}.
 */
final class UntrustedBytes {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final MemorySegment bytes;
    private final long end; // first byte that may not be read
    private long position; // next byte to read; owned by the thread that opens the file

    /** Reads at most {@code limit} bytes of the file, so that a header's memory is bounded. */
    UntrustedBytes(Path path, MemorySegment bytes, long limit) {
        this.path = path;
        this.bytes = bytes;
        this.end = Math.min(bytes.byteSize(), limit);
    }

    long position() {
        return position;
    }

    long remaining() {
        return end - position;
    }

    byte i8(String what) {
        return bytes.get(ValueLayout.JAVA_BYTE, take(1, what));
    }

    short i16(String what) {
        return bytes.get(SHORT, take(2, what));
    }

    int i32(String what) {
        return bytes.get(INT, take(4, what));
    }

    long u32(String what) {
        return Integer.toUnsignedLong(i32(what));
    }

    long i64(String what) {
        return bytes.get(LONG, take(8, what));
    }

    /**
     * A count of things of which each takes at least {@code leastBytes} bytes that are still to
     * come.
     *
     * @param most the largest count that this build accepts
     */
    int count(String what, int leastBytes, int most) {
        long at = position;
        long count = i64("the number of " + what);
        long room = remaining() / leastBytes; // divide, do not multiply: the count is untrusted
        if (count < 0 || count > room) {
            throw error(
                    at,
                    "found a count of %s %s, but the %,d bytes left hold at most %,d; %s"
                            .formatted(
                                    Long.toUnsignedString(count),
                                    what,
                                    remaining(),
                                    room,
                                    "the file is truncated or damaged, fetch it again"));
        }
        if (count > most) {
            throw error(
                    at,
                    "found a count of %,d %s, this build accepts at most %,d"
                            .formatted(count, what, most));
        }
        return (int) count;
    }

    /** A string: its length in 8 bytes, then UTF-8. */
    String text(String what, int mostBytes) {
        int length = count("bytes of " + what, 1, mostBytes);
        long at = take(length, what);
        return utf8(at, length, what);
    }

    /** Bytes {@code at} to {@code at + length}, already checked to be there, as strict UTF-8. */
    private String utf8(long at, int length, String what) {
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, copy, 0, length);
        String text = new String(copy, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0) { // perhaps a replaced byte: look strictly
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(copy));
            } catch (CharacterCodingException broken) {
                throw error(at, "found bytes that are not UTF-8 in " + what);
            }
        }
        return text;
    }

    /** The next {@code length} bytes as strict UTF-8. */
    String utf8(int length, String what) {
        return utf8(take(length, what), length, what);
    }

    private long take(long count, String what) {
        if (count > remaining()) {
            throw error(
                    position,
                    end < bytes.byteSize()
                            ? ("the header goes on beyond %,d bytes, this build accepts no"
                                            + " longer one")
                                    .formatted(end)
                            : "found the end of the file, expected %s (%,d bytes, %,d are left); %s"
                                    .formatted(
                                            what,
                                            count,
                                            remaining(),
                                            "the file is truncated, fetch it again"));
        }
        long at = position;
        position += count;
        return at;
    }

    CheckpointFormatException error(long at, String problem) {
        return new CheckpointFormatException(path, at, problem);
    }
}
