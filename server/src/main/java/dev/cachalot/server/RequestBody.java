package dev.cachalot.server;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/** The body of a request, if it says it is JSON and is not too long. */
final class RequestBody {
    private static final int DRAINED = 8; // times the most: read to its end, then refused

    /**
     * @throws ApiException when there is none, it is of another type or has too many bytes
     */
    static byte[] read(ServerRequest request, int most) {
        String type = request.headers().first(HeaderNames.CONTENT_TYPE).orElse("");
        String essence = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (!essence.equals("application/json")) {
            throw ApiException.of(
                    415,
                    "unsupported_media_type",
                    "Content-Type is %s; expected application/json"
                            .formatted(essence.isEmpty() ? "missing" : "another type"));
        }
        long length = request.headers().contentLength().orElse(0);
        if (length > (long) most * DRAINED) {
            throw tooLarge(most);
        }
        if (!request.content().hasEntity()) {
            throw ApiException.of(400, "invalid_json", "the body is empty; expected a JSON object");
        }
        byte[] body;
        try (InputStream in = request.content().inputStream()) {
            body = in.readNBytes(most + 1);
            if (body.length > most) { // closing on a client that still sends loses it the answer
                in.skip((long) most * DRAINED);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (body.length > most) {
            throw tooLarge(most);
        }
        return body;
    }

    private static ApiException tooLarge(int most) {
        return ApiException.of(
                413,
                "body_too_large",
                "the body has more than %d bytes, the most that is read; send less of the"
                                .formatted(most)
                        + " conversation");
    }

    private RequestBody() {}
}
