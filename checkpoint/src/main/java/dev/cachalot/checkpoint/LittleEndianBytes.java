package dev.cachalot.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** A header under construction; the twin of {@link UntrustedBytes}. */
final class LittleEndianBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void i8(int value) {
        bytes.write(value);
    }

    void i16(int value) {
        i8(value);
        i8(value >> 8);
    }

    void i32(int value) {
        i16(value);
        i16(value >> 16);
    }

    void i64(long value) {
        i32((int) value);
        i32((int) (value >> 32));
    }

    /** The length in 8 bytes, then UTF-8. */
    void text(String text, int mostBytes) {
        ByteBuffer utf8;
        try {
            utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException broken) {
            throw new IllegalArgumentException("half a surrogate pair in '" + text + "'", broken);
        }
        if (utf8.remaining() > mostBytes) {
            throw new IllegalArgumentException(
                    "a string of %,d bytes is longer than %,d, the most a reader accepts"
                            .formatted(utf8.remaining(), mostBytes));
        }
        i64(utf8.remaining());
        byte[] copy = new byte[utf8.remaining()];
        utf8.get(copy);
        bytes.writeBytes(copy);
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
