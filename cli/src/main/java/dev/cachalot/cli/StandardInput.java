package dev.cachalot.cli;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** What came in on standard input, as text. */
final class StandardInput {

    /** The bytes as text; names the first one that is no UTF-8. */
    static String utf8(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            throw new UserException(
                    "standard input has a byte 0x%02X at offset %d that is no UTF-8; expected text in UTF-8"
                            .formatted(bytes[in.position()] & 0xFF, in.position()));
        }
        return out.flip().toString();
    }

    private StandardInput() {}
}
