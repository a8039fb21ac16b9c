package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven through its DevTools protocol. */
final class Chromium implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Pattern LISTENING = Pattern.compile("DevTools listening on (ws://\\S+)");

    /** Errors and refusals by the content policy that the page ran into. */
    final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Every address the page asked for. */
    final List<String> requested = new CopyOnWriteArrayList<>();

    private final Process process;
    private final Path profile;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final Map<Integer, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger numbered = new AtomicInteger();
    private final String session;

    /** The browser of this machine, by name on the PATH; CHROMIUM names another. */
    static Optional<Path> find() {
        List<String> names =
                List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
        return Stream.concat(
                        Stream.ofNullable(System.getenv("CHROMIUM")).map(Path::of),
                        names.stream().flatMap(Chromium::onPath))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Stream<Path> onPath(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .map(folder -> Path.of(folder, name));
    }

    Chromium(Path binary, String languages) throws IOException {
        profile = Files.createTempDirectory("cachalot-chromium");
        process =
                new ProcessBuilder(
                                binary.toString(),
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--disable-dev-shm-usage",
                                "--remote-debugging-port=0",
                                "--user-data-dir=" + profile,
                                "about:blank")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        socket =
                http.newWebSocketBuilder()
                        .buildAsync(URI.create(address()), new Reader())
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
        String target = call("Target.createTarget", "url", "about:blank").get("targetId").asText();
        ObjectNode attach = Served.MAPPER.createObjectNode();
        attach.put("targetId", target).put("flatten", true);
        session = send("", "Target.attachToTarget", attach).get("sessionId").asText();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            page(domain + ".enable", Map.of());
        }
        language(languages);
    }

    /** What the browser wants to read from now on, the best first. */
    void language(String languages) {
        page(
                "Network.setUserAgentOverride",
                Map.of("userAgent", "Chromium", "acceptLanguage", languages));
    }

    private String address() throws IOException {
        BufferedReader errors = process.errorReader();
        CompletableFuture<String> found = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(
                        () -> {
                            try (errors) {
                                for (String line; (line = errors.readLine()) != null; ) {
                                    Matcher matcher = LISTENING.matcher(line);
                                    if (matcher.find()) {
                                        found.complete(matcher.group(1));
                                    }
                                }
                            } catch (IOException _) {
                                // The browser has ended.
                            }
                            found.completeExceptionally(new AssertionError("no DevTools address"));
                        });
        return found.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    void open(URI address) {
        page("Page.navigate", Map.of("url", address.toString()));
    }

    void size(int width, int height, boolean dark) {
        page(
                "Emulation.setDeviceMetricsOverride",
                Map.of(
                        "width",
                        width,
                        "height",
                        height,
                        "deviceScaleFactor",
                        1,
                        "mobile",
                        width < 600));
        page(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
    }

    /** Types as a keyboard or input method would. */
    void type(String text) {
        page("Input.insertText", Map.of("text", text));
    }

    /** Presses a key that has no text, or Enter. */
    void press(String key, boolean shift) {
        Map<String, Object> down =
                Map.of(
                        "type",
                        "keyDown",
                        "key",
                        key,
                        "code",
                        key,
                        "windowsVirtualKeyCode",
                        key.equals("Enter") ? 13 : 27,
                        "text",
                        key.equals("Enter") ? "\r" : "",
                        "modifiers",
                        shift ? 8 : 0);
        page("Input.dispatchKeyEvent", down);
        page("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
    }

    /** The value of an expression on the page, as text. */
    String eval(String expression) {
        JsonNode result =
                page(
                        "Runtime.evaluate",
                        Map.of("expression", "String(" + expression + ")", "awaitPromise", true));
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.at("/result/value").asText();
    }

    /** Waits until an expression is true. */
    void await(String expression) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!eval(expression).equals("true")) {
            if (System.nanoTime() > end) {
                throw new AssertionError(
                        "never came true: "
                                + expression
                                + "; the page says "
                                + text("body")
                                + "; complaints "
                                + complaints);
            }
            pause(30);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What a person reads in an element. */
    String text(String selector) {
        return eval("document.querySelector('" + selector + "')?.innerText");
    }

    void click(String selector) {
        eval("document.querySelector('" + selector + "').click()");
    }

    void screenshot(Path file) throws IOException {
        JsonNode shot = page("Page.captureScreenshot", Map.of("format", "png"));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asText()));
    }

    private JsonNode page(String method, Map<String, ?> parameters) {
        return send(session, method, Served.MAPPER.valueToTree(parameters));
    }

    private JsonNode call(String method, String name, String value) {
        return send("", method, Served.MAPPER.createObjectNode().put(name, value));
    }

    private JsonNode send(String target, String method, ObjectNode parameters) {
        int id = numbered.incrementAndGet();
        ObjectNode message = Served.MAPPER.createObjectNode().put("id", id).put("method", method);
        if (!target.isEmpty()) {
            message.put("sessionId", target);
        }
        message.set("params", parameters);
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        socket.sendText(message.toString(), true).join();
        JsonNode reply = answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        if (reply.has("error")) {
            throw new AssertionError(method + ": " + reply.get("error"));
        }
        return reply.get("result");
    }

    private void received(JsonNode message) {
        if (message.has("id")) {
            Optional.ofNullable(waiting.remove(message.get("id").asInt()))
                    .ifPresent(answer -> answer.complete(message));
            return;
        }
        switch (message.path("method").asText()) {
            case "Network.requestWillBeSent" ->
                    requested.add(message.at("/params/request/url").asText());
            case "Runtime.exceptionThrown" -> complaints.add(message.get("params").toString());
            case "Log.entryAdded" -> {
                if (message.at("/params/entry/level").asText().equals("error")) {
                    complaints.add(message.at("/params/entry").toString());
                }
            }
            default -> {} // not of interest
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        http.shutdownNow();
        List<ProcessHandle> helpers = process.descendants().toList();
        process.destroy();
        process.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        for (ProcessHandle helper : helpers) { // they write to the profile until they end
            helper.destroy();
            helper.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        }
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(profile)) {
            all.sorted(Comparator.reverseOrder()).forEach(files::add);
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
    }

    /** Puts frames of a message together. */
    private final class Reader implements WebSocket.Listener {
        private final StringBuilder held = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            held.append(data);
            if (last) {
                JsonNode message = Served.json(held.toString());
                held.setLength(0);
                received(message);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
