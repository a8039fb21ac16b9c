package dev.cachalot.library.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks the hub. Follows redirects itself: only to http and https, never from https to http, and
 * with the token on the hub's own host only.
 */
final class HubConnection implements AutoCloseable {
    private static final int MOST_REDIRECTS = 8;
    private static final int MOST_PORTS = 65535;

    private final HubSettings settings;
    private final Duration patience;
    private final HttpClient client; // owned
    private final StallGuard guard; // owned

    /** An answer; its body is to be closed. Headers are those of the hub and of the last host. */
    record Answer(int status, HttpHeaders ofHub, HttpHeaders headers, GuardedBody body, String host)
            implements AutoCloseable {
        @Override
        public void close() {
            body.close();
        }
    }

    /**
     * @param patience how long nothing may come
     */
    HubConnection(HubSettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
        this.guard = new StallGuard(patience);
        this.client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(patience)
                        .build();
    }

    /** The address of a path below the hub's; the path is already escaped. */
    URI address(String path) {
        return URI.create(settings.endpoint() + path);
    }

    /**
     * Asks for an address, from a byte on when that is not the first.
     *
     * @return an answer of status 200, 206 or 416
     * @throws TransientException if another try may help
     * @throws HubException if not
     */
    Answer get(URI address, long from) throws TransientException, InterruptedException {
        URI at = address;
        @Nullable HttpHeaders ofHub = null;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<InputStream> response = send(at, from);
            HttpHeaders headers = response.headers();
            if (ofHub == null) {
                ofHub = headers;
            }
            int status = response.statusCode();
            if (status == 200 || status == 206 || status == 416) {
                refuseEncoded(response, at);
                return new Answer(
                        status, ofHub, headers, guard.watch(response.body()), at.getHost());
            }
            discard(response);
            if (status < 300 || status > 399 || status == 304) {
                throw failure(response, at);
            }
            at = next(at, headers.firstValue("Location").orElse(""));
        }
        throw HubException.answer(
                "%s redirects more than %d times; expected the file after a few"
                        .formatted(address.getHost(), MOST_REDIRECTS));
    }

    private HttpResponse<InputStream> send(URI at, long from)
            throws TransientException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(at)
                        .timeout(patience)
                        .header("User-Agent", "cachalot")
                        .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (settings.isOwn(at) && mayCarryToken(at)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException failed) {
            throw new TransientException(
                    at.getHost() + " cannot be reached (" + Causes.of(failed) + ")");
        } catch (IllegalArgumentException broken) { // the client's, for numbers in headers
            throw HubException.answer(
                    "%s sends headers that are not HTTP (%s); expected the file"
                            .formatted(
                                    at.getHost(),
                                    HubFile.shown(String.valueOf(broken.getMessage()))));
        }
    }

    /** Not in the clear, but to this machine itself. */
    private static boolean mayCarryToken(URI at) {
        String host = String.valueOf(at.getHost());
        return "https".equalsIgnoreCase(at.getScheme())
                || host.equals("localhost")
                || host.startsWith("127.")
                || host.equals("[::1]");
    }

    private static void discard(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException alreadyBroken) {
            // its contents are not wanted: nothing is lost
        }
    }

    private static void refuseEncoded(HttpResponse<InputStream> response, URI at) {
        String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
        if (!encoding.isBlank() && !encoding.equalsIgnoreCase("identity")) {
            discard(response);
            throw HubException.answer(
                    "%s sends the file encoded as '%s'; expected it as it is"
                            .formatted(at.getHost(), HubFile.shown(encoding)));
        }
    }

    /** Where a redirect leads, when it may be followed. */
    static URI next(URI at, String location) {
        URI next;
        try {
            next = at.resolve(URI.create(location));
        } catch (IllegalArgumentException notAnAddress) {
            throw HubException.answer(
                    "%s redirects to '%s', which is no address"
                            .formatted(at.getHost(), HubFile.shown(location)));
        }
        String scheme = String.valueOf(next.getScheme()).toLowerCase(Locale.ROOT);
        boolean weaker = scheme.equals("http") && "https".equalsIgnoreCase(at.getScheme());
        boolean known = scheme.equals("http") || scheme.equals("https");
        if (location.isBlank()
                || !known
                || weaker
                || next.getHost() == null
                || next.getPort() > MOST_PORTS) {
            throw HubException.answer(
                    "%s redirects from %s to '%s'; expected an address of %s"
                            .formatted(
                                    at.getHost(),
                                    at.getScheme(),
                                    HubFile.shown(location),
                                    "https".equalsIgnoreCase(at.getScheme())
                                            ? "https"
                                            : "http or https"));
        }
        return next;
    }

    private RuntimeException failure(HttpResponse<InputStream> response, URI at)
            throws TransientException {
        int status = response.statusCode();
        String host = at.getHost();
        boolean mayPass =
                switch (status) {
                    case 408, 425, 429, 500, 502, 503, 504 -> true;
                    default -> false;
                };
        if (mayPass) {
            String why = status == 429 ? "too many requests" : "not able to at the moment";
            throw new TransientException(
                    "%s answers %d (%s)".formatted(host, status, why),
                    retryAfter(response.headers()));
        }
        boolean refused = status == 401 || status == 403 || status == 404 || status == 410;
        return new HubException(
                refused ? HubException.Reason.REFUSED : HubException.Reason.ANSWER,
                refusal(response, at));
    }

    private String refusal(HttpResponse<InputStream> response, URI at) {
        String code = response.headers().firstValue("X-Error-Code").orElse("");
        String said = code.isBlank() ? "" : ", " + HubFile.shown(code);
        String asked =
                "%s answers %d%s to %s"
                        .formatted(at.getHost(), response.statusCode(), said, at.getPath());
        return switch (response.statusCode()) {
            case 401 ->
                    asked
                            + (settings.token().isEmpty()
                                    ? ": no such model, or one that needs a token; check the name, or set HF_TOKEN"
                                    : mayCarryToken(at)
                                            ? ": no such model, or the token in HF_TOKEN may not read it"
                                            : ": the token in HF_TOKEN is not sent over plain http; use an https address");
            case 403 ->
                    asked
                            + ": access is not granted; agree to the model's terms on its page, and set HF_TOKEN to a token that may read it";
            case 404, 410 ->
                    asked
                            + ": no such model, revision or file; check the name and the part after @";
            default -> asked + "; expected the file";
        };
    }

    /** Seconds, or a date. */
    private static @Nullable Duration retryAfter(HttpHeaders headers) {
        String text = headers.firstValue("Retry-After").map(String::strip).orElse("");
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant when =
                    ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            Duration wait = Duration.between(Instant.now(), when);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeParseException noDate) {
            return null; // not given, or nonsense: our own pauses
        }
    }

    @Override
    public void close() {
        guard.close();
        client.shutdownNow();
        client.close();
    }
}
