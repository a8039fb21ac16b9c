package dev.cachalot.server;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets only requests in that a person or program on this machine meant for this server. A page from
 * elsewhere in the same browser fails one of three checks: Host must be a loopback name with our
 * port (a rebound DNS name is none), Origin must be ourselves, and a browser must not call it
 * cross-site. There are no CORS headers anywhere.
 */
final class Guard {
    private static final HeaderName SEC_FETCH_SITE = HeaderNames.create("Sec-Fetch-Site");

    private final List<String> hosts; // lower case, with the port

    Guard(ServerConfig config, int port) {
        InetAddress address = config.address();
        String literal = address.getHostAddress();
        this.hosts =
                Stream.of(
                                "localhost",
                                "127.0.0.1",
                                "[::1]",
                                literal.contains(":") ? "[" + literal + "]" : literal,
                                config.host().toLowerCase(Locale.ROOT))
                        .flatMap(name -> withPort(name, port))
                        .distinct()
                        .toList();
    }

    /** A browser leaves the port away where it is HTTP's own. */
    private static Stream<String> withPort(String name, int port) {
        return port == 80 ? Stream.of(name, name + ":80") : Stream.of(name + ":" + port);
    }

    /**
     * @throws ApiException for a request that was not meant for us
     */
    void check(ServerRequest request) {
        List<String> named = request.headers().values(HeaderNames.HOST);
        if (named.size() != 1 || !hosts.contains(named.getFirst().toLowerCase(Locale.ROOT))) {
            throw ApiException.of(
                    403,
                    "host_not_allowed",
                    "the Host header is not one of " + String.join(", ", hosts));
        }
        List<String> origins = request.headers().values(HeaderNames.ORIGIN);
        if (!origins.stream().allMatch(this::ours)) {
            throw foreign("Origin");
        }
        Optional<String> site = request.headers().first(SEC_FETCH_SITE);
        boolean page = request.path().path().equals("/"); // a link from elsewhere may lead here
        if (!page && site.isPresent() && !site.get().matches("same-origin|none")) {
            throw foreign("Sec-Fetch-Site");
        }
    }

    private boolean ours(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return lower.startsWith("http://") && hosts.contains(lower.substring("http://".length()));
    }

    private static ApiException foreign(String header) {
        return ApiException.of(
                403,
                "origin_not_allowed",
                header + " says that another site asks; only this server's own page may");
    }
}
