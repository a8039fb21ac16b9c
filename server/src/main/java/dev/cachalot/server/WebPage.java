package dev.cachalot.server;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The chat page, from this module's own resources: a few files, all in memory. */
final class WebPage {
    private static final String POLICY =
            String.join(
                    "; ",
                    "default-src 'none'",
                    "script-src 'self'",
                    "style-src 'self'",
                    "img-src 'self'",
                    "connect-src 'self'",
                    "base-uri 'none'",
                    "form-action 'none'",
                    "frame-ancestors 'none'",
                    "require-trusted-types-for 'script'",
                    "trusted-types lit-html");

    private record Asset(String type, byte[] bytes) {}

    private final Map<String, Asset> assets =
            Map.of(
                    "/", asset("page/index.html", "text/html; charset=utf-8"),
                    "/icon.svg", asset("page/icon.svg", "image/svg+xml"),
                    "/app.js", asset("bundle/app.js", "text/javascript; charset=utf-8"),
                    "/app.css", asset("bundle/app.css", "text/css; charset=utf-8"));

    /** Whether the page has a file at this path. */
    boolean has(String path) {
        return assets.containsKey(path);
    }

    /** Sends the file; false where there is none at this path. */
    boolean send(String path, ServerResponse response) {
        Optional<Asset> asset = Optional.ofNullable(assets.get(path));
        asset.ifPresent(
                file ->
                        response.header(HeaderNames.CONTENT_TYPE, file.type())
                                .header("Content-Security-Policy", POLICY)
                                .send(file.bytes()));
        return asset.isPresent();
    }

    private static Asset asset(String name, String type) {
        try (InputStream in = WebPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the chat page's %s is missing from the build; build the server module"
                                .formatted(name));
            }
            return new Asset(type, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
