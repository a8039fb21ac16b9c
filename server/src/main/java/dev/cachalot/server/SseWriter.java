package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Server-sent events of one response, in order. An event is one line of JSON: line breaks within
 * texts are escaped there, so no text can end an event.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the format</a>
 */
final class SseWriter {
    /** A comment, which readers skip. */
    static final byte[] SIGN_OF_LIFE = ascii(": keep-alive\n\n");

    private static final byte[] DATA = ascii("data: ");
    private static final byte[] END = ascii("\n\n");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");

    private final LiveOutput out;

    SseWriter(LiveOutput out) {
        this.out = out;
    }

    void send(JsonNode event) {
        byte[] json = Json.bytes(event);
        ByteArrayOutputStream bytes =
                new ByteArrayOutputStream(DATA.length + json.length + END.length);
        bytes.writeBytes(DATA);
        bytes.writeBytes(json);
        bytes.writeBytes(END);
        out.write(bytes.toByteArray());
    }

    /** The last event. */
    void done() {
        out.write(DONE);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
