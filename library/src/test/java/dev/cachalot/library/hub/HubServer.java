package dev.cachalot.library.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A hub on this machine's loopback, with one repository {@code org/model}. Behaves like the real
 * one, or as a test asks for: faults are used up one a request.
 */
final class HubServer implements AutoCloseable {
    private static final byte[] NONE = new byte[0];
    static final String REPOSITORY = "org/model";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** One request that was served. */
    record Request(String path, String range, String authorization) {}

    final Map<String, byte[]> files = Collections.synchronizedMap(new LinkedHashMap<>());
    final Deque<HttpHandler> apiFaults = new ConcurrentLinkedDeque<>();
    final Deque<HttpHandler> fileFaults = new ConcurrentLinkedDeque<>();
    final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    final AtomicLong sent = new AtomicLong(); // bytes of files
    volatile Optional<URI> otherHost = Optional.empty(); // where large files really are
    volatile int pageSize = 1000;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    HubServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/api/", exchange -> serve(exchange, apiFaults, this::api));
        server.createContext("/org/", exchange -> serve(exchange, fileFaults, this::resolve));
        server.createContext("/cdn/", exchange -> serve(exchange, fileFaults, this::large));
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** A file that lies in git itself. */
    HubServer small(String path, String text) {
        files.put(path, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A file of LFS. */
    HubServer large(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    private void serve(HttpExchange exchange, Deque<HttpHandler> faults, HttpHandler otherwise)
            throws IOException {
        Headers headers = exchange.getRequestHeaders();
        requests.add(
                new Request(
                        exchange.getRequestURI().getPath(),
                        String.valueOf(headers.getFirst("Range")),
                        String.valueOf(headers.getFirst("Authorization"))));
        HttpHandler fault = faults.poll();
        try (exchange) {
            (fault == null ? otherwise : fault).handle(exchange);
        } catch (UncheckedIOException | IOException gone) {
            // the client went away: that is what some tests are about
        }
    }

    private void api(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String models = "/api/models/" + REPOSITORY;
        if (path.equals(models + "/revision/main") || path.equals(models + "/revision/v1")) {
            json(
                    exchange,
                    "{\"id\":\"org/model\",\"siblings\":[{\"sha\":1}],\"sha\":\"" + COMMIT + "\"}");
        } else if (path.equals(models + "/tree/" + COMMIT)) {
            tree(exchange);
        } else {
            exchange.getResponseHeaders().add("X-Error-Code", "RepoNotFound");
            exchange.sendResponseHeaders(404, -1);
        }
    }

    private void tree(HttpExchange exchange) throws IOException {
        String query = exchange.getRequestURI().getQuery();
        int from =
                query.contains("cursor=") ? Integer.parseInt(query.replaceAll(".*cursor=", "")) : 0;
        List<String> entries =
                new ArrayList<>(List.of("{\"type\":\"directory\",\"path\":\"sub\",\"size\":0}"));
        files.forEach((path, bytes) -> entries.add(entry(path, bytes)));
        int to = Math.min(entries.size(), from + pageSize);
        if (to < entries.size()) {
            exchange.getResponseHeaders()
                    .add(
                            "Link",
                            "<%s%s?recursive=true&cursor=%d>; rel=\"next\""
                                    .formatted(address(), exchange.getRequestURI().getPath(), to));
        }
        json(exchange, "[" + String.join(",", entries.subList(from, to)) + "]");
    }

    static boolean isSmall(String path) {
        return path.endsWith(".json") || path.endsWith(".md");
    }

    private static String entry(String path, byte[] bytes) {
        String name = path.replace("\\", "\\\\").replace("\"", "\\\"");
        return isSmall(path)
                ? "{\"type\":\"file\",\"oid\":\"%s\",\"size\":%d,\"path\":\"%s\"}"
                        .formatted(blobId(bytes), bytes.length, name)
                : "{\"type\":\"file\",\"oid\":\"%s\",\"size\":%d,\"lfs\":{\"oid\":\"%s\",\"size\":%d,\"pointerSize\":133},\"path\":\"%s\"}"
                        .formatted("0".repeat(40), bytes.length, sha256(bytes), bytes.length, name);
    }

    private void resolve(HttpExchange exchange) throws IOException {
        String prefix = "/" + REPOSITORY + "/resolve/" + COMMIT + "/";
        String path = exchange.getRequestURI().getPath();
        String file = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
        byte[] bytes = files.getOrDefault(file, NONE);
        if (!files.containsKey(file)) {
            exchange.getResponseHeaders().add("X-Error-Code", "EntryNotFound");
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        exchange.getResponseHeaders().add("X-Repo-Commit", COMMIT);
        if (isSmall(path)) {
            exchange.getResponseHeaders().add("ETag", "\"" + blobId(bytes) + "\"");
            range(exchange, bytes);
            return;
        }
        exchange.getResponseHeaders().add("X-Linked-Size", String.valueOf(bytes.length));
        exchange.getResponseHeaders().add("X-Linked-Etag", "\"" + sha256(bytes) + "\"");
        exchange.getResponseHeaders()
                .add(
                        "Location",
                        otherHost.map(URI::toString).orElse("")
                                + "/cdn/"
                                + path.substring(prefix.length()));
        exchange.sendResponseHeaders(302, -1);
    }

    private void large(HttpExchange exchange) throws IOException {
        byte[] bytes =
                files.getOrDefault(
                        exchange.getRequestURI().getPath().substring("/cdn/".length()), NONE);
        range(exchange, bytes);
    }

    /** The bytes from the range's start on, or all. */
    void range(HttpExchange exchange, byte[] bytes) throws IOException {
        int from = from(exchange);
        if (from >= bytes.length && from > 0) {
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .add(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
        }
        exchange.sendResponseHeaders(
                from > 0 ? 206 : 200, bytes.length == 0 ? -1 : bytes.length - from);
        write(exchange, bytes, from, bytes.length);
    }

    private void write(HttpExchange exchange, byte[] bytes, int from, int to) throws IOException {
        if (to > from) {
            exchange.getResponseBody().write(bytes, from, to - from);
            exchange.getResponseBody().flush();
            sent.addAndGet(to - from);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    static int from(HttpExchange exchange) {
        String range = exchange.getRequestHeaders().getFirst("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }

    // ---- faults

    static HttpHandler status(int status, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
        };
    }

    static HttpHandler body(String text) {
        return exchange -> json(exchange, text);
    }

    /** The regular redirect of large files: so that the next fault is that of the file itself. */
    HttpHandler redirect() {
        return this::resolve;
    }

    /** Promises all and breaks off after some bytes. */
    HttpHandler cutAfter(byte[] bytes, int count) {
        return exchange -> {
            int from = from(exchange);
            if (from > 0) {
                exchange.getResponseHeaders()
                        .add(
                                "Content-Range",
                                "bytes %d-%d/%d".formatted(from, bytes.length - 1, bytes.length));
            }
            exchange.sendResponseHeaders(from > 0 ? 206 : 200, bytes.length - from);
            write(exchange, bytes, from, Math.min(bytes.length, from + count));
            pause(); // the client forgets what it has not read when the connection breaks
        };
    }

    /** All from the start, whatever range was asked for. */
    HttpHandler whole(byte[] bytes, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(200, 0); // in pieces, length not said
            write(exchange, bytes, 0, bytes.length);
        };
    }

    static HttpHandler endless() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[1 << 16];
            Arrays.fill(piece, (byte) ' ');
            while (true) {
                exchange.getResponseBody().write(piece);
            }
        };
    }

    private static void json(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
    }

    static String sha256(byte[] bytes) {
        return hash("SHA-256", bytes);
    }

    /** As {@code git hash-object} gives. */
    static String blobId(byte[] bytes) {
        byte[] head = ("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, all, head.length, bytes.length);
        return hash("SHA-1", all);
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
