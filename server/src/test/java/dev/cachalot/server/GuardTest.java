package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.chat.ScriptedGenerator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardTest {
    private static final Duration ONE = Duration.ofSeconds(1);
    private final ScriptedGenerator generator = ScriptedGenerator.saying("4");
    private Served served;

    @BeforeAll
    void start() {
        served = new Served(generator);
    }

    @AfterAll
    void stop() {
        served.close();
        assertThat(generator.requests).isEmpty();
    }

    /** Sends headers with PORT in them replaced; the status line and all of the answer. */
    private String get(String path, String... headers) throws IOException {
        try (RawClient client = new RawClient(served.server.port())) {
            return client.answer(
                    ("GET " + path + " HTTP/1.1\r\n" + String.join("\r\n", headers) + "\r\n")
                                    .replace("PORT", Integer.toString(served.server.port()))
                            + "Connection: close\r\n\r\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:PORT", "127.0.0.1:PORT", "[::1]:PORT", "LocalHost:PORT"})
    void loopbackNamesWithOurPortMayEnter(String host) throws IOException {
        assertThat(get("/health", "Host: " + host)).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example:PORT",
                "evil.example",
                "localhost",
                "localhost:1",
                "127.0.0.1.nip.io:PORT",
                "localhost.evil.example:PORT",
                "0.0.0.0:PORT",
                "192.168.1.5:PORT",
                "127.1:PORT",
                "localhost:PORT.evil.example",
                "a@localhost:PORT",
                "2130706433:PORT"
            })
    void otherHostsMayNot(String host) throws IOException {
        for (String path : new String[] {"/health", "/", "/v1/models"}) {
            assertThat(get(path, "Host: " + host)).matches("(?s)HTTP/1.1 40[03] .*");
        }
    }

    @Test
    void missingOrDoubledHostMayNot() throws IOException {
        assertThat(get("/health", "Accept: */*")).matches("(?s)HTTP/1.1 40[03] .*");
        assertThat(get("/health", "Host: localhost:PORT", "Host: evil.example"))
                .matches("(?s)HTTP/1.1 40[03] .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example", "null", "https://localhost:PORT", "http://localhost:1",
                "http://localhost", "http://localhost:PORT.evil.example", "file://", "*"
            })
    void otherOriginsMayNot(String origin) throws IOException {
        String answer = get("/v1/models", "Host: localhost:PORT", "Origin: " + origin);
        assertThat(answer).startsWith("HTTP/1.1 403").contains("origin_not_allowed");
        assertThat(answer).doesNotContainIgnoringCase("access-control-");
    }

    @Test
    void ourOwnOriginMay() throws IOException {
        assertThat(get("/v1/models", "Host: localhost:PORT", "Origin: http://localhost:PORT"))
                .startsWith("HTTP/1.1 200")
                .doesNotContainIgnoringCase("access-control-");
    }

    @Test
    void crossSiteReadsMayNotButALinkToThePageMay() throws IOException {
        for (String site : new String[] {"cross-site", "same-site"}) {
            String fetch = "Sec-Fetch-Site: " + site;
            assertThat(get("/v1/models", "Host: localhost:PORT", fetch)).startsWith("HTTP/1.1 403");
            assertThat(get("/", "Host: localhost:PORT", fetch)).startsWith("HTTP/1.1 200");
        }
        assertThat(get("/v1/models", "Host: localhost:PORT", "Sec-Fetch-Site: same-origin"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void preflightIsRefused() throws IOException {
        try (RawClient client = new RawClient(served.server.port())) {
            String answer =
                    client.answer(
                            "OPTIONS /v1/chat/completions HTTP/1.1\r\nHost: localhost:"
                                    + served.server.port()
                                    + "\r\nOrigin: http://evil.example\r\n"
                                    + "Access-Control-Request-Method: POST\r\n"
                                    + "Access-Control-Request-Headers: content-type\r\n"
                                    + "Connection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 403");
            assertThat(answer).doesNotContainIgnoringCase("access-control-allow");
        }
    }

    @Test
    void pageHasAStrictPolicyAndNoInlineScript() throws IOException {
        String page = get("/", "Host: localhost:PORT");
        assertThat(page)
                .contains("Content-Security-Policy: default-src 'none'")
                .contains("script-src 'self'")
                .contains("frame-ancestors 'none'")
                .contains("X-Content-Type-Options: nosniff")
                .contains("Referrer-Policy: no-referrer")
                .doesNotContain("unsafe-inline")
                .doesNotContain("unsafe-eval")
                .doesNotContainPattern("<script(?![^>]*src=)")
                .doesNotContainPattern("(?i)\\son\\w+=")
                .doesNotContain("style=");
        for (String path : new String[] {"/app.js", "/app.css", "/icon.svg"}) {
            assertThat(get(path, "Host: localhost:PORT")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void whatIsNoHttpGetsAnAnswerInJson() throws IOException {
        try (RawClient client = new RawClient(served.server.port())) {
            assertThat(client.answer("HELLO\r\n\r\n"))
                    .startsWith("HTTP/1.1 4")
                    .contains("\"error\"");
        }
        assertThat(served.get("health").statusCode()).isEqualTo(200);
    }

    @Test
    void onlyLoopbackIsBound() throws IOException {
        var outside =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> !address.isLoopbackAddress())
                        .filter(address -> !address.isLinkLocalAddress())
                        .findFirst();
        Assumptions.assumeTrue(outside.isPresent(), "this machine has only its loopback");
        assertThatThrownBy(
                        () -> {
                            try (Socket socket = new Socket()) {
                                socket.connect(
                                        new InetSocketAddress(outside.get(), served.server.port()),
                                        1000);
                            }
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void hostsThatOthersCanReachAreRefused() {
        for (String host : new String[] {"0.0.0.0", "::", "192.0.2.1"}) {
            assertThatThrownBy(() -> new ServerConfig(host, 0, 1, 1, ONE, ONE))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(host)
                    .hasMessageContaining("127.0.0.1");
        }
    }
}
