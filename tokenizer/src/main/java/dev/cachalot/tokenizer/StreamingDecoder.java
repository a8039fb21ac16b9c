package dev.cachalot.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Text of ids that come one by one. No piece ends within a character, and the pieces together are
 * {@link Tokenizer#decode} of the ids together, however they are cut. One stream, one decoder; not
 * for several threads.
 */
public final class StreamingDecoder {
    private final Tokenizer tokenizer;
    private SpaceDropper spaces;
    private final CharsetDecoder utf8 =
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPLACE)
                    .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] held = {}; // the first bytes of a character that is not complete

    public StreamingDecoder(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        spaces = new SpaceDropper(tokenizer);
    }

    /**
     * The text that the next id completes; empty while a character is incomplete.
     *
     * @throws InvalidTokenIdException when the id is outside the vocabulary; the stream is as
     *     before
     */
    public String accept(int id) {
        return decode(spaces.bytes(id), false);
    }

    /** The end of the stream: what is held back becomes U+FFFD. The decoder is then as new. */
    public String flush() {
        String rest = decode(new byte[0], true);
        utf8.reset();
        spaces = new SpaceDropper(tokenizer);
        return rest;
    }

    private String decode(byte[] more, boolean last) {
        ByteBuffer in = ByteBuffer.allocate(held.length + more.length).put(held).put(more).flip();
        CharBuffer out = CharBuffer.allocate(in.remaining() + 1); // a byte gives at most one char
        CoderResult result = utf8.decode(in, out, last);
        if (last) {
            utf8.flush(out);
        }
        assert result.isUnderflow() : result;
        held = new byte[in.remaining()];
        in.get(held);
        return out.flip().toString();
    }
}
