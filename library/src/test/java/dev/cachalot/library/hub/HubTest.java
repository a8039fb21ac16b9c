package dev.cachalot.library.hub;

import static dev.cachalot.library.hub.HubServer.body;
import static dev.cachalot.library.hub.HubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpHandler;
import dev.cachalot.library.hub.HubException.Reason;
import dev.cachalot.testing.Cases;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60) // what waits for ever here waits for ever for a user
class HubTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir private Path models;
    private HubServer server;
    private final List<Duration> pauses = new ArrayList<>();
    private final byte[] model = bytes(1, 3 << 20);

    @BeforeEach
    void start() throws IOException {
        server = new HubServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] bytes(long seed, int count) {
        byte[] bytes = new byte[count];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private Hub hub(Duration patience) {
        return new Hub(
                new HubSettings(server.address(), Optional.of("secret")),
                models,
                patience,
                pauses::add);
    }

    private Hub.Pulled pull(String name) throws Exception {
        return hub(PATIENCE).pull(name, PullProgress.NONE);
    }

    private HubException failing(String name, Reason reason, String... words) {
        HubException failure = catchThrowableOfType(HubException.class, () -> pull(name));
        assertThat(failure).as("a failure of the hub").isNotNull();
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(reason);
        assertThat(failure.getMessage()).doesNotContain("secret");
        assertThat(List.of(words))
                .allSatisfy(word -> assertThat(failure.getMessage()).contains(word));
        return failure;
    }

    /** Names in the models' folder, but for what is not finished. */
    private List<String> finished() throws IOException {
        try (Stream<Path> all = Files.list(models)) {
            return all.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> !name.endsWith(".part"))
                    .sorted()
                    .toList();
        }
    }

    private Path part() throws IOException {
        try (Stream<Path> all = Files.walk(models)) {
            return all.filter(path -> Files.isRegularFile(path))
                    .filter(path -> path.toString().endsWith(".part"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    // ---- as it should be

    @Test
    void aFileArrivesWholeUnderItsNameAndNothingElseStays() throws Exception {
        server.large("model-Q8_0.gguf", model).small("README.md", "hello");
        Hub.Pulled pulled = pull("org/model");
        assertThat(pulled.path()).isEqualTo(models.resolve("model-Q8_0.gguf"));
        assertThat(Files.readAllBytes(pulled.path())).isEqualTo(model);
        assertThat(pulled.fetched()).isEqualTo(model.length);
        assertThat(pulled.commit()).isEqualTo(HubServer.COMMIT);
        try (Stream<Path> all = Files.list(models)) {
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void whatIsHereIsNotFetchedAgain() throws Exception {
        server.large("model.gguf", model);
        pull("org/model");
        long sent = server.sent.get();
        assertThat(pull("org/model").fetched()).isZero();
        assertThat(server.sent.get()).isEqualTo(sent);
        assertThat(finished()).containsExactly("model.gguf");
        try (Stream<Path> all = Files.list(models)) {
            assertThat(all).hasSize(1);
        }
    }

    @Test
    void anotherFileOfThatNameIsKept() throws Exception {
        server.large("model.gguf", model);
        Files.writeString(models.resolve("model.gguf"), "mine");
        failing("org/model", Reason.LOCAL, "is there already", "./cachalot rm model");
        assertThat(models.resolve("model.gguf")).hasContent("mine");
    }

    @Test
    void aRevisionIsAskedForAndEverythingIsOfItsCommit() throws Exception {
        server.large("model.gguf", model);
        pull("org/model@v1");
        assertThat(server.requests)
                .extracting(HubServer.Request::path)
                .contains("/api/models/org/model/revision/v1")
                .contains("/org/model/resolve/" + HubServer.COMMIT + "/model.gguf");
    }

    @Test
    void safetensorsComeAsAFolderWithConfigurationAndTokenizer() throws Exception {
        server.pageSize = 2; // the list comes in pages
        server.large("model-00001-of-00002.safetensors", bytes(2, 1000))
                .large("model-00002-of-00002.safetensors", bytes(3, 0))
                .large("consolidated.safetensors", bytes(4, 1000))
                .large("original/model.safetensors", bytes(5, 1000))
                .small("model.safetensors.index.json", "{}")
                .small("config.json", "{\"a\":\"é\"}")
                .small("tokenizer.json", "{}")
                .small("README.md", "no");
        Hub.Pulled pulled = pull("org/model");
        assertThat(pulled.path()).isEqualTo(models.resolve("model"));
        try (Stream<Path> all = Files.list(pulled.path())) {
            assertThat(all.map(path -> String.valueOf(path.getFileName())))
                    .containsExactlyInAnyOrder(
                            "config.json",
                            "tokenizer.json",
                            "model.safetensors.index.json",
                            "model-00001-of-00002.safetensors",
                            "model-00002-of-00002.safetensors");
        }
        assertThat(pull("org/model").fetched()).isZero();
    }

    @Test
    void aSplitSetComesWholeIntoAFolder() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.large("Q4_K_M/m-Q4_K_M-0000" + i + "-of-00003.gguf", bytes(i, 2000 * i));
            server.large("Q8_0/m-Q8_0-0000" + i + "-of-00003.gguf", bytes(i + 9, 2000 * i));
        }
        Hub.Pulled pulled = pull("org/model:q4_k_m");
        assertThat(pulled.path()).isEqualTo(models.resolve("m-Q4_K_M"));
        assertThat(pulled.bytes()).isEqualTo(12_000);
        for (int i = 1; i <= 3; i++) {
            assertThat(pulled.path().resolve("m-Q4_K_M-0000" + i + "-of-00003.gguf"))
                    .hasBinaryContent(bytes(i, 2000 * i));
        }
    }

    @Test
    void aSplitSetWithAMissingPartIsRefused() {
        server.large("m-00001-of-00003.gguf", bytes(1, 10))
                .large("m-00003-of-00003.gguf", bytes(3, 10));
        failing("org/model", Reason.ANSWER, "2 files of the split model m", "m-00001-of-00003");
    }

    @Test
    void ofSeveralTheSensibleOneIsChosenOrTheChoicesAreListed() throws Exception {
        server.large("m-Q8_0.gguf", bytes(1, 80))
                .large("m-Q4_K_M.gguf", bytes(2, 40))
                .large("m-F16.gguf", bytes(3, 160))
                .large("mmproj-F16.gguf", bytes(3, 16));
        assertThat(pull("org/model").name()).isEqualTo("m-Q4_K_M");
        assertThat(pull("org/model:m-Q8_0.gguf").name()).isEqualTo("m-Q8_0");
        assertThat(pull("org/model:f16@v1").name()).isEqualTo("m-F16");
        failing("org/model:Q3_K", Reason.CHOICE, "fits 'Q3_K'", "m-Q8_0 (80 B)", "m-Q4_K_M (40 B)");
        server.large("other-Q4_K_M.gguf", bytes(4, 41));
        failing("org/model", Reason.CHOICE, "several models", "m-Q4_K_M (40 B), other-Q4_K_M");
    }

    @Test
    void aShortNameStandsForItsRepository() throws Exception {
        failing("deepseek-r1:1.5b", Reason.REFUSED, "404", "DeepSeek-R1-Distill-Qwen-1.5B-GGUF");
        failing("deepseek-r2:9b", Reason.CHOICE, "org/name", "deepseek-r1:1.5b");
    }

    // ---- cuts

    @Test
    void aCutIsGoneOnWithAndNotStartedOver() throws Exception {
        server.large("model.gguf", model);
        server.fileFaults.add(server.redirect());
        server.fileFaults.add(server.cutAfter(model, 2 << 20));
        Hub.Pulled pulled = pull("org/model");
        assertThat(Files.readAllBytes(pulled.path())).isEqualTo(model);
        // A cut may swallow what was still on its way: the second request starts where the file
        // ends.
        long kept = model.length - (server.sent.get() - (2 << 20));
        assertThat(kept).isBetween(1L << 20, 2L << 20);
        assertThat(server.requests)
                .extracting(HubServer.Request::range)
                .contains("bytes=" + kept + "-");
        assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    }

    @Test
    void anotherProcessGoesOnLaterAndTheNameAppearsAtTheEndOnly() throws Exception {
        server.large("model.gguf", model);
        for (int i = 0; i < Patience.TRIES; i++) {
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(server.cutAfter(model, 100_000));
        }
        failing("org/model", Reason.UNREACHABLE, "tried 6 times", "kept");
        assertThat(finished()).isEmpty();
        long kept = Files.size(part()); // a cut may swallow what was still on its way
        assertThat(kept).isBetween(300_000L, 600_000L);
        long before = server.sent.get();
        assertThat(Files.readAllBytes(pull("org/model").path())).isEqualTo(model);
        assertThat(server.sent.get() - before).isEqualTo(model.length - kept);
    }

    @Test
    void whateverFaultsComeTheFileIsRightInTheEnd() {
        Cases.forAll(
                12,
                random -> {
                    byte[] bytes = bytes(random.nextLong(), random.nextInt(1, 300_000));
                    server.files.clear();
                    server.large("model.gguf", bytes);
                    for (int i = random.nextInt(Patience.TRIES); i > 0; i--) {
                        server.fileFaults.add(server.redirect());
                        server.fileFaults.add(
                                switch (random.nextInt(4)) {
                                    case 0 -> status(503);
                                    case 1 -> server.whole(bytes);
                                    case 2 -> status(416);
                                    default -> server.cutAfter(bytes, random.nextInt(bytes.length));
                                });
                    }
                    try {
                        Hub.Pulled pulled = pull("org/model");
                        assertThat(Files.readAllBytes(pulled.path())).isEqualTo(bytes);
                        Files.delete(pulled.path());
                    } catch (HubException early) { // 416 at the start is no answer
                        assertThat(early).hasMessageContaining("416");
                        assertThat(models.resolve("model.gguf")).doesNotExist();
                    } catch (Exception unexpected) {
                        throw new AssertionError(unexpected);
                    }
                    server.fileFaults.clear();
                });
    }

    @Test
    void aStalledConnectionIsGivenUpAndGoneOnWith() throws Exception {
        server.large("model.gguf", model);
        CountDownLatch end = new CountDownLatch(1);
        server.fileFaults.add(server.redirect());
        server.fileFaults.add(
                exchange -> {
                    server.cutAfter(model, 5000).handle(exchange);
                    try {
                        end.await(); // and says nothing more
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
        Hub.Pulled pulled = hub(Duration.ofMillis(400)).pull("org/model", PullProgress.NONE);
        end.countDown();
        assertThat(Files.readAllBytes(pulled.path())).isEqualTo(model);
        assertThat(server.sent.get()).isEqualTo(model.length);
    }

    @Test
    void aBrokenPartOfAnEarlierRunIsReplaced() throws Exception {
        server.large("model.gguf", model);
        for (int i = 0; i < Patience.TRIES; i++) {
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(server.cutAfter(model, 1000));
        }
        failing("org/model", Reason.UNREACHABLE);
        Files.write(part(), new byte[6000]);
        assertThat(Files.readAllBytes(pull("org/model").path())).isEqualTo(model);
    }

    @Test
    void aPartOfAnotherVersionIsNotMixedIn() throws Exception {
        byte[] old = bytes(7, 50_000);
        server.large("model.gguf", old);
        for (int i = 0; i < Patience.TRIES; i++) {
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(server.cutAfter(old, 1000));
        }
        failing("org/model", Reason.UNREACHABLE);
        server.large("model.gguf", model);
        assertThat(Files.readAllBytes(pull("org/model").path())).isEqualTo(model);
        assertThat(server.requests.getLast().range()).isEqualTo("null");
    }

    // ---- answers of the hub

    @Test
    void aBusyHubIsAskedAgainAfterTheTimeItAsksFor() throws Exception {
        server.large("model.gguf", model);
        server.apiFaults.add(status(429, "Retry-After", "17"));
        server.apiFaults.add(status(503));
        server.apiFaults.add(status(500));
        pull("org/model");
        assertThat(pauses)
                .containsExactly(
                        Duration.ofSeconds(17), Duration.ofSeconds(2), Duration.ofSeconds(4));
        server.apiFaults.add(status(429, "Retry-After", "86400"));
        failing("org/model", Reason.UNREACHABLE, "86400 s");
    }

    @Test
    void refusalsSayWhatToDo() {
        server.apiFaults.add(status(401));
        failing("org/model", Reason.REFUSED, "401", "HF_TOKEN");
        server.apiFaults.add(status(403));
        failing("org/model", Reason.REFUSED, "403", "agree to the model's terms");
        failing("org/other", Reason.REFUSED, "404, RepoNotFound", "check the name");
        server.apiFaults.add(status(418));
        failing("org/model", Reason.ANSWER, "418");
    }

    @Test
    void aHubThatIsNotThereIsOneSentence() {
        server.close();
        failing("org/model", Reason.UNREACHABLE, "cannot be reached", "tried 6 times");
    }

    @Test
    void theTokenGoesToTheHubOnly() throws Exception {
        try (HubServer other = new HubServer()) {
            server.large("model.gguf", model);
            other.large("model.gguf", model);
            server.otherHost = Optional.of(other.address());
            pull("org/model");
            assertThat(server.requests)
                    .extracting(HubServer.Request::authorization)
                    .containsOnly("Bearer secret");
            assertThat(other.requests)
                    .hasSize(1)
                    .extracting(HubServer.Request::authorization)
                    .containsOnly("null");
        }
        assertThat(new HubSettings(URI.create("https://h"), Optional.of("secret")).toString())
                .doesNotContain("secret");
    }

    // ---- a hub that lies

    @Test
    void aWrongChecksumIsThrownAway() throws Exception {
        server.large("model.gguf", model);
        server.fileFaults.add(server.redirect());
        server.fileFaults.add(server.whole(bytes(99, model.length)));
        failing("org/model", Reason.ANSWER, "another checksum", HubServer.sha256(model));
        assertThat(finished()).isEmpty();
        assertThat(Files.exists(models.resolve("model.part/model.gguf"))).isFalse();
        server.small("config.json", "{}").large("model.safetensors", model);
        server.files.remove("model.gguf");
        server.fileFaults.add(server.whole(new byte[] {'[', ']'}));
        failing("org/model", Reason.ANSWER, "another checksum", "config.json");
    }

    @Test
    void moreBytesThanListedAreRefused() throws Exception {
        server.large("model.gguf", model);
        for (HttpHandler lie :
                List.of(server.whole(bytes(1, model.length + 1)), HubServer.endless())) {
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(lie);
            failing("org/model", Reason.ANSWER, "sends more of model.gguf than the 3,145,728");
            assertThat(finished()).isEmpty();
        }
    }

    @Test
    void fewerBytesThanListedAreNoModel() throws Exception {
        server.large("model.gguf", model);
        for (int i = 0; i < Patience.TRIES; i++) {
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(server.whole(bytes(1, 10)));
        }
        failing("org/model", Reason.UNREACHABLE, "10 of the 3,145,728 bytes", "ended");
        assertThat(finished()).isEmpty();
    }

    @Test
    void rangesThatWereNotAskedForAreRefused() throws Exception {
        for (String range :
                List.of(
                        "bytes 0-3145727/3145728",
                        "bytes 1001-3145727/3145728",
                        "bytes 1000-3145728/3145729",
                        "bytes 1000-3145727/99",
                        "",
                        "1000-2")) {
            server.large("model.gguf", model);
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(server.cutAfter(model, 1000));
            server.fileFaults.add(server.redirect());
            server.fileFaults.add(
                    exchange -> {
                        exchange.getResponseHeaders().add("Content-Range", range);
                        exchange.sendResponseHeaders(206, model.length - 1000);
                        exchange.getResponseBody().write(model, 1000, model.length - 1000);
                    });
            failing("org/model", Reason.ANSWER, "expected bytes 1000-3145727/3145728");
            assertThat(finished()).isEmpty();
            Files.delete(part());
        }
    }

    @Test
    void listAndAnswerMustAgree() {
        server.large("model.gguf", model);
        server.fileFaults.add(status(302, "Location", "/cdn/model.gguf", "X-Linked-Size", "7"));
        failing("org/model", Reason.ANSWER, "contradicts itself", "size 3145728", "answer 7");
        String other = HubServer.sha256(new byte[0]);
        server.fileFaults.add(
                status(302, "Location", "/cdn/model.gguf", "X-Linked-Etag", "\"" + other + "\""));
        failing("org/model", Reason.ANSWER, "contradicts itself", "checksum", other);
        server.fileFaults.add(
                status(302, "Location", "/cdn/model.gguf", "X-Repo-Commit", "f".repeat(40)));
        failing("org/model", Reason.ANSWER, "contradicts itself", "commit");
    }

    @Test
    void encodedBodiesAreRefused() {
        server.large("model.gguf", model);
        server.fileFaults.add(server.redirect());
        server.fileFaults.add(server.whole(model, "Content-Encoding", "gzip"));
        failing("org/model", Reason.ANSWER, "encoded as 'gzip'");
    }

    @Test
    void namesThatLeadOutOfTheFolderAreRefused() throws Exception {
        for (String name :
                List.of(
                        "../evil.gguf",
                        "a/../../evil.gguf",
                        "/etc/evil.gguf",
                        "..\\\\evil.gguf",
                        "C:evil.gguf",
                        "a//evil.gguf",
                        "",
                        "evil\\u0000.gguf",
                        "a".repeat(2000) + ".gguf")) {
            server.apiFaults.add(body("{\"sha\":\"" + HubServer.COMMIT + "\"}"));
            server.apiFaults.add(
                    body(
                            "[{\"type\":\"file\",\"path\":\"%s\",\"size\":1,\"oid\":\"%s\"}]"
                                    .formatted(name, "0".repeat(40))));
            failing("org/model", Reason.ANSWER, "lead out of the models' folder");
        }
        try (Stream<Path> all = Files.list(models)) {
            assertThat(all).isEmpty();
        }
    }

    @Test
    void brokenListsAreRefused() {
        String sum = "\"oid\":\"" + "0".repeat(40) + "\"";
        String file = "{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":1," + sum + "}";
        for (String list :
                List.of(
                        "",
                        "{}",
                        "[",
                        "[" + file,
                        "[" + file + "," + file + "]",
                        "[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":-1," + sum + "}]",
                        "[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":1e300," + sum + "}]",
                        "[{\"type\":\"file\",\"path\":\"m.gguf\"," + sum + "}]",
                        "[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":1}]",
                        "[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":1,\"oid\":\"xyz\"}]",
                        "[".repeat(100_000),
                        "[\"\\ud800\"",
                        "<html>sorry</html>")) {
            server.apiFaults.add(body("{\"sha\":\"" + HubServer.COMMIT + "\"}"));
            server.apiFaults.add(body(list));
            failing("org/model", Reason.ANSWER);
        }
        for (String revision : List.of("", "[]", "{\"sha\":\"main\"}", "{\"sha\":7}", "{\"a\":")) {
            server.apiFaults.add(body(revision));
            failing("org/model", Reason.ANSWER, "/revision/main");
        }
    }

    @Test
    void endlessListsAreRefused() {
        server.apiFaults.add(HubServer.endless());
        failing("org/model", Reason.ANSWER, "longer than 16,777,216 bytes");
        server.apiFaults.add(body("{\"sha\":\"" + HubServer.COMMIT + "\"}"));
        for (int i = 0; i < 101; i++) {
            server.apiFaults.add(
                    exchange -> {
                        exchange.getResponseHeaders()
                                .add("Link", "</api/models/org/model/tree/x>; rel=\"next\"");
                        body("[]").handle(exchange);
                    });
        }
        failing("org/model", Reason.ANSWER, "more than 100 pages");
        server.apiFaults.clear();
        server.apiFaults.add(body("{\"sha\":\"" + HubServer.COMMIT + "\"}"));
        server.apiFaults.add(
                exchange -> {
                    exchange.getResponseHeaders().add("Link", "<http://127.0.0.2/x>; rel=\"next\"");
                    body("[]").handle(exchange);
                });
        failing("org/model", Reason.ANSWER, "goes on at 'http://127.0.0.2/x'");
    }

    @Test
    void redirectsThatLeadNowhereGoodAreNotFollowed() {
        server.large("model.gguf", model);
        for (String location :
                List.of("file:/etc/passwd", "ftp://127.0.0.1/x", "http:///x", "", "http://[x")) {
            server.fileFaults.add(status(302, "Location", location));
            failing("org/model", Reason.ANSWER, "redirects");
        }
        for (int i = 0; i < 20; i++) {
            server.fileFaults.add(
                    status(307, "Location", "/org/model/resolve/" + HubServer.COMMIT + "/x"));
        }
        failing("org/model", Reason.ANSWER, "more than 8 times");
        HubException weaker =
                catchThrowableOfType(
                        HubException.class,
                        () -> HubConnection.next(URI.create("https://h/a"), "http://h/b"));
        assertThat(weaker.reason()).isEqualTo(Reason.ANSWER);
        assertThat(HubConnection.next(URI.create("https://h/a/b"), "/c?d=e"))
                .isEqualTo(URI.create("https://h/c?d=e"));
    }

    // ---- this machine

    @Test
    void twoDownloadsOfOneModelDoNotMeet() throws Exception {
        server.large("model.gguf", model);
        CountDownLatch serving = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        server.fileFaults.add(
                exchange -> {
                    serving.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                    server.redirect().handle(exchange);
                });
        List<Hub.Pulled> first = new ArrayList<>();
        Thread pulling =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    try {
                                        first.add(pull("org/model"));
                                    } catch (Exception failure) {
                                        throw new AssertionError(failure);
                                    }
                                });
        serving.await();
        failing("org/model", Reason.LOCAL, "being fetched by another download");
        end.countDown();
        pulling.join();
        assertThat(Files.readAllBytes(first.getFirst().path())).isEqualTo(model);
    }

    @Test
    void aFullDiskIsOneSentenceAndWhatIsThereStays() throws Exception {
        Path full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "this system has no /dev/full");
        server.large("model.gguf", model);
        Path folder = Files.createDirectory(models.resolve("model.part"));
        Path part =
                folder.resolve("model.gguf." + HubServer.sha256(model).substring(0, 12) + ".part");
        Files.createSymbolicLink(part, full);
        failing("org/model", Reason.LOCAL, "cannot be written", "make room", "pull again");
        Files.delete(part);
        assertThat(Files.readAllBytes(pull("org/model").path())).isEqualTo(model);
    }

    @Test
    void aModelLargerThanTheDiskIsNotStarted() {
        server.apiFaults.add(body("{\"sha\":\"" + HubServer.COMMIT + "\"}"));
        server.apiFaults.add(
                body(
                        "[{\"type\":\"file\",\"path\":\"m.gguf\",\"size\":%d,\"oid\":\"%s\"}]"
                                .formatted(1L << 44, "0".repeat(40))));
        failing("org/model", Reason.LOCAL, "17.6 TB is missing", "make room");
    }
}
