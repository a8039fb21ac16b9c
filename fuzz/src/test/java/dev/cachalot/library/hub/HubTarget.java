package dev.cachalot.library.hub;

import dev.cachalot.fuzz.Parts;
import dev.cachalot.fuzz.Scratch;
import dev.cachalot.fuzz.Target;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The hub's answers, byte for byte with status and headers, one a request. Whatever comes: no
 * unfinished file under a final name, nothing outside of the models' folder, and no token for
 * another host.
 */
public final class HubTarget implements Target {
    private static final int ANSWERS = 12;
    private static final String TOKEN = "hf_secret";
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @Override
    public String name() {
        return "hub";
    }

    @Override
    public void read(byte[] input) throws IOException, InterruptedException {
        Path parent = Scratch.file(name(), "home");
        clear(parent);
        Path models = Files.createDirectories(parent).resolve("models");
        try (ScriptedAnswers hub = new ScriptedAnswers()) {
            hub.script(Parts.of(input, ANSWERS).stream().filter(part -> part.length > 0).toList());
            HubSettings settings =
                    new HubSettings(
                            URI.create("http://" + ScriptedAnswers.HUB), Optional.of(TOKEN));
            Set<Path> finished = Set.of();
            try {
                Hub.Pulled pulled =
                        new Hub(settings, models, Duration.ofSeconds(5), _ -> {})
                                .pull("org/model", PullProgress.NONE);
                finished = Set.of(pulled.path());
            } catch (HubException refusal) {
                boolean isSpoken = String.valueOf(refusal.getMessage()).contains(TOKEN);
                if (isSpoken && !Parts.text(input).contains(TOKEN)) { // else the hub guessed it
                    throw new AssertionError("the token is in the message", refusal);
                }
                throw refusal;
            } finally {
                check(parent, models, finished, hub.leaks());
            }
        }
    }

    private static void check(Path parent, Path models, Set<Path> finished, List<String> leaks)
            throws IOException {
        if (!leaks.isEmpty()) {
            throw new AssertionError("the token went along with " + leaks);
        }
        try (Stream<Path> beside = Files.list(parent)) {
            if (beside.anyMatch(path -> !path.equals(models))) {
                throw new AssertionError("something lies outside of the models' folder");
            }
        }
        if (!Files.exists(models)) {
            return;
        }
        try (Stream<Path> there = Files.list(models)) {
            List<Path> odd =
                    there.filter(path -> !finished.contains(path))
                            .filter(path -> !path.toString().endsWith(".part"))
                            .toList();
            if (!odd.isEmpty()) {
                throw new AssertionError("unfinished, under a final name: " + odd);
            }
        }
    }

    private static void clear(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    @Override
    public Set<Class<? extends Exception>> refusals() {
        return Set.of(HubException.class);
    }

    @Override
    public Map<String, byte[]> seeds() {
        byte[] file = "GGUF and no more".getBytes(StandardCharsets.UTF_8);
        byte[] revision = json("", "{\"id\":\"org/model\",\"sha\":\"" + COMMIT + "\"}");
        String entry = large("model-Q4_0.gguf", file);
        byte[] list = json("", "[" + entry + "]");
        String small =
                "{\"type\":\"file\",\"path\":\"config.json\",\"size\":2,\"oid\":\"%s\"}"
                        .formatted(hash("SHA-1", "blob 2\0{}".getBytes(StandardCharsets.UTF_8)));
        Map<String, byte[]> seeds = new LinkedHashMap<>();
        seeds.put("file", Parts.join(revision, list, answer("200 OK", "", file)));
        seeds.put(
                "redirected",
                Parts.join(
                        revision,
                        list,
                        answer(
                                "302 Found",
                                "Location: http://cdn.example/f?x=1\r\nX-Repo-Commit: "
                                        + COMMIT
                                        + "\r\nX-Linked-Size: "
                                        + file.length
                                        + "\r\nX-Linked-Etag: \""
                                        + hash("SHA-256", file)
                                        + "\"\r\n",
                                new byte[0]),
                        answer("200 OK", "", file)));
        String next =
                "Link: <http://%s/api/models/org/model/tree/%s?cursor=2>; rel=\"next\"\r\n"
                        .formatted(ScriptedAnswers.HUB, COMMIT);
        seeds.put(
                "folder",
                Parts.join(
                        revision,
                        json(next, "[{\"type\":\"directory\",\"path\":\"sub\"}," + small + "]"),
                        json("", "[" + large("model.safetensors", file) + "]"),
                        answer("200 OK", "", "{}".getBytes(StandardCharsets.UTF_8)),
                        answer("200 OK", "", file)));
        seeds.put(
                "resumed",
                Parts.join(
                        answer("503 Busy", "Retry-After: 1\r\n", new byte[0]),
                        revision,
                        list,
                        "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\nGGUF"
                                .getBytes(StandardCharsets.UTF_8),
                        answer(
                                "206 Partial Content",
                                "Content-Range: bytes 4-15/16\r\n",
                                " and no more".getBytes(StandardCharsets.UTF_8))));
        return seeds;
    }

    private static String large(String path, byte[] bytes) {
        return "{\"type\":\"file\",\"path\":\"%s\",\"size\":%d,\"oid\":\"%s\",\"lfs\":{\"oid\":\"%s\",\"size\":%d}}"
                .formatted(path, bytes.length, COMMIT, hash("SHA-256", bytes), bytes.length);
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] json(String headers, String json) {
        return answer(
                "200 OK",
                "Content-Type: application/json\r\n" + headers,
                json.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] answer(String status, String headers, byte[] body) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(
                "HTTP/1.1 %s\r\n%sContent-Length: %d\r\n\r\n"
                        .formatted(status, headers, body.length)
                        .getBytes(StandardCharsets.US_ASCII));
        answer.writeBytes(body);
        return answer.toByteArray();
    }

    @Override
    public boolean connects() {
        return true; // to the script; where else it would go is checked there
    }

    @Override
    public Set<String> words() {
        return Set.of(
                Parts.SEPARATOR,
                "HTTP/1.1 302 Found\r\nLocation: ",
                "HTTP/1.1 429 Slow\r\nRetry-After: ",
                "HTTP/1.1 416 Range\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Content-Encoding: gzip\r\n",
                "Content-Range: bytes ",
                "X-Linked-Size: ",
                "X-Linked-Etag: ",
                "X-Repo-Commit: ",
                "X-Error-Code: ",
                "https://",
                "http://",
                "//",
                "file:///",
                "../",
                "..",
                "\\",
                "\\ud800",
                "\\u0000",
                "é",
                "-00001-of-00002.gguf",
                "\"size\":-1",
                "1e18",
                "9223372036854775807",
                "\"type\":\"file\"",
                "\"lfs\":null");
    }
}
