package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cachalot.chat.ByteTokenizer;
import dev.cachalot.chat.ChatService;
import dev.cachalot.chat.Generator;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tokenizer.DeepSeekV31Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server on a free port with one model, "fake", and a client for it. */
final class Served implements AutoCloseable {
    static final ObjectMapper MAPPER = new ObjectMapper();
    static final int CONTEXT = 512;

    final CachalotServer server;
    final HttpClient client = HttpClient.newHttpClient();

    Served(ServerConfig config, Generator generator) {
        this(config, model(generator));
    }

    Served(ServerConfig config, ServedModel model) {
        server = CachalotServer.start(config, ModelCatalog.of(model));
    }

    static ServedModel model(Generator generator) {
        ByteTokenizer tokenizer = new ByteTokenizer();
        ChatService chat =
                new ChatService(
                        generator, tokenizer, new DeepSeekV31Template(tokenizer), "fake", true);
        return new ServedModel("fake", chat, CONTEXT, SamplingParameters.greedy());
    }

    Served(Generator generator) {
        this(config(8, Duration.ofSeconds(5)), generator);
    }

    static ServerConfig config(int maxOpenChats, Duration keepAlive) {
        return new ServerConfig(
                "127.0.0.1", 0, 20_000, maxOpenChats, keepAlive, Duration.ofMillis(100));
    }

    HttpResponse<String> post(String body) {
        return send(request("v1/chat/completions").POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json");
    }

    URI uri(String path) {
        return server.url().resolve(path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + text, e);
        }
    }

    /** The chunks of a stream; fails unless [DONE] ends it, once. */
    static List<JsonNode> chunks(String body) {
        List<JsonNode> chunks = new ArrayList<>();
        boolean done = false;
        for (String event : body.split("\n\n", -1)) {
            if (event.isEmpty() || event.startsWith(":")) {
                continue;
            }
            if (done || !event.startsWith("data: ") || event.indexOf('\n') >= 0) {
                throw new AssertionError("not an event: " + event);
            }
            String data = event.substring("data: ".length());
            done = data.equals("[DONE]");
            if (!done) {
                chunks.add(json(data));
            }
        }
        if (!done) {
            throw new AssertionError("no [DONE] at the end of " + body);
        }
        return chunks;
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
