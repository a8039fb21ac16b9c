package dev.cachalot.server;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Chat completions and the chat page over HTTP, on this machine's loopback. A virtual thread a
 * request. The catalog and its models stay the caller's, to be closed afterwards.
 */
public final class CachalotServer implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 1024;
    private static final Duration READ_TIMEOUT = Duration.ofSeconds(30);

    private final ServerConfig config;
    private final OpenChats chats;
    private final WebServer web;

    private CachalotServer(ServerConfig config, OpenChats chats, WebServer web) {
        this.config = config;
        this.chats = chats;
        this.web = web;
    }

    /**
     * Binds and serves.
     *
     * @throws ServerStartException when the port is taken
     */
    public static CachalotServer start(ServerConfig config, ModelCatalog catalog) {
        OpenChats chats = new OpenChats(config.maxOpenChats());
        CompletableFuture<Guard> guard = new CompletableFuture<>();
        Routes routes = new Routes(config, guard::join, catalog, chats);
        WebServer web =
                WebServer.builder()
                        .address(config.address())
                        .port(config.port())
                        .shutdownHook(false) // whoever started the server closes it
                        .shutdownGracePeriod(Duration.ofMillis(500))
                        .maxTcpConnections(MOST_CONNECTIONS)
                        .idleConnectionTimeout(Duration.ofMinutes(2))
                        .connectionOptions(options -> options.readTimeout(READ_TIMEOUT))
                        .directHandlers(protocolErrors())
                        .routing(routing -> routing.any(routes::handle))
                        .build();
        checkFree(config);
        web.start();
        if (!web.isRunning()) { // the port was taken since; the library only logs it
            throw taken(config, null);
        }
        guard.complete(new Guard(config, web.port()));
        return new CachalotServer(config, chats, web);
    }

    /** The HTTP library would log a page of its own before it gives up. */
    private static void checkFree(ServerConfig config) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(config.address(), config.port()));
        } catch (IOException failure) {
            throw taken(config, failure);
        }
    }

    private static ServerStartException taken(ServerConfig config, @Nullable IOException cause) {
        return new ServerStartException(
                "port %d of %s cannot be bound; is it in use? Try another port, or 0 for any"
                        .formatted(config.port(), config.host()),
                cause);
    }

    /** The port that is bound. */
    public int port() {
        return web.port();
    }

    /** Where the chat page is. */
    public URI url() {
        String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
        return URI.create("http://" + host + ":" + port() + "/");
    }

    /** Refuses new answers, lets open ones go on for the configured time, then stops. */
    @Override
    public void close() {
        chats.drain(config.drain());
        web.stop();
    }

    /** What is no HTTP gets an error in JSON too; the library's own texts quote the request. */
    private static DirectHandlers protocolErrors() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, CachalotServer::protocolError);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse protocolError(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        ApiException error =
                ApiException.of(
                        status.code(),
                        "bad_request",
                        "this is no HTTP request that can be answered: "
                                + status.reasonPhrase().toLowerCase(Locale.ROOT));
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .entity(Json.bytes(error.json()))
                .keepAlive(false)
                .build();
    }
}
