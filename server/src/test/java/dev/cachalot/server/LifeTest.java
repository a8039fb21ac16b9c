package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cachalot.chat.ChatOptions;
import dev.cachalot.chat.ScriptedGenerator;
import dev.cachalot.engine.Refusals;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Message;
import dev.cachalot.tokenizer.Thinking;
import java.io.BufferedReader;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Clients that leave, servers that close, engines that break: nothing is left behind. */
class LifeTest {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final String LONG = "a long answer".repeat(1000);

    private static String ask(boolean stream) {
        return "{\"model\":\"fake\",\"stream\":"
                + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
    }

    @Test
    void readerThatLeavesAStreamCancelsTheGeneration() throws Exception {
        ScriptedGenerator generator = ScriptedGenerator.saying(LONG).slowly(20);
        try (Served served = new Served(Served.config(8, SHORT), generator);
                RawClient client = new RawClient(served.server.port())) {
            client.post(ask(true));
            try (BufferedReader lines = client.reader()) {
                while (!lines.readLine().startsWith("data: ")) {}
            }
            client.leave();
            assertThat(generator.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void readerThatLeavesWhileNothingIsSaidCancelsToo() throws Exception {
        for (boolean stream : new boolean[] {true, false}) {
            ScriptedGenerator generator = ScriptedGenerator.saying(LONG).slowly(3_600_000);
            try (Served served = new Served(Served.config(8, SHORT), generator);
                    RawClient client = new RawClient(served.server.port())) {
                client.post(ask(stream));
                client.awaitByte();
                client.leave();
                assertThat(generator.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void longAnswersAreKeptAliveAndStillWhole() {
        ScriptedGenerator generator = ScriptedGenerator.saying("r</think>42").slowly(120);
        try (Served served = new Served(Served.config(8, SHORT), generator)) {
            HttpResponse<String> stream = served.post(ask(true));
            assertThat(stream.body()).contains(": keep-alive\n\n");
            assertThat(Served.chunks(stream.body())).isNotEmpty();
            HttpResponse<String> whole = served.post(ask(false));
            assertThat(whole.body()).startsWith("\n");
            assertThat(Served.json(whole.body()).at("/choices/0/message/content").asText())
                    .isEqualTo("42");
        }
    }

    @Test
    void streamThatBreaksEndsWithAnErrorAndWithoutDone() {
        try (Served served = new Served(ScriptedGenerator.saying("abc").failingAfter(2))) {
            String body = served.post(ask(true)).body();
            assertThat(body).doesNotContain("[DONE]");
            JsonNode last = Served.json(body.substring(body.lastIndexOf("data: ") + 6));
            assertThat(last.at("/error/code").asText()).isEqualTo("server_stopping");
            assertThat(served.post(ask(false)).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void aModelThatCannotBeComputedIsNoServerThatStops() {
        ScriptedGenerator generator =
                ScriptedGenerator.saying("abc").failingAfter(0, Refusals.failed());
        try (Served served = new Served(generator)) {
            HttpResponse<String> response = served.post(ask(false));
            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(Served.json(response.body()).at("/error/code").asText())
                    .isEqualTo("generation_failed");
        }
    }

    @Test
    void moreAnswersThanPlacesAreRefusedAndPlacesComeBack() throws Exception {
        ScriptedGenerator generator = ScriptedGenerator.saying(LONG).slowly(20);
        try (Served served = new Served(Served.config(1, SHORT), generator)) {
            try (RawClient first = new RawClient(served.server.port())) {
                first.post(ask(true));
                first.awaitByte();
                HttpResponse<String> second = served.post(ask(true));
                assertThat(second.statusCode()).isEqualTo(429);
                assertThat(second.headers().firstValue("Retry-After")).isPresent();
            }
            assertThat(generator.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
            String brief = ask(false).replaceFirst("\\{", "{\"max_tokens\":1,");
            int status = 429;
            for (int tries = 0; tries < 100 && status == 429; tries++) {
                Thread.sleep(20);
                status = served.post(brief).statusCode();
            }
            assertThat(status).isEqualTo(200);
        }
    }

    @Test
    void closingTheServerCancelsWhatGoesOnTooLong() throws Exception {
        ScriptedGenerator generator = ScriptedGenerator.saying(LONG).slowly(100);
        Served served = new Served(Served.config(8, SHORT), generator);
        try (RawClient client = new RawClient(served.server.port())) {
            client.post(ask(true));
            client.awaitByte();
            CompletableFuture<Void> closing = CompletableFuture.runAsync(served.server::close);
            assertThat(generator.cancelled.await(5, TimeUnit.SECONDS)).isTrue();
            closing.get(10, TimeUnit.SECONDS);
        }
        served.close();
    }

    @Test
    void closingServerRefusesNewAnswers() {
        OpenChats chats = new OpenChats(1);
        chats.drain(Duration.ZERO);
        assertThat(chats.closing()).isTrue();
        ServedModel model = Served.model(ScriptedGenerator.saying("4"));
        ChatRequest request =
                new ChatRequest(
                        model,
                        Conversation.of(Message.user("x")),
                        new ChatOptions(Thinking.ON, 5, model.sampling(), List.of()),
                        false,
                        false);
        assertThatThrownBy(() -> chats.open(request))
                .isInstanceOfSatisfying(
                        ApiException.class,
                        refusal -> {
                            assertThat(refusal.status()).isEqualTo(503);
                            assertThat(refusal.retryAfter()).isPresent();
                        });
    }

    @Test
    void takenPortIsNamed() {
        try (Served first = new Served(ScriptedGenerator.saying("4"))) {
            ServerConfig same = ServerConfig.local(first.server.port());
            assertThatThrownBy(() -> new Served(same, ScriptedGenerator.saying("4")))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("port " + first.server.port());
        }
    }

    @Test
    void healthAndModelsTellWhatIsServed() {
        try (Served served = new Served(ScriptedGenerator.saying("4"))) {
            JsonNode health = Served.json(served.get("health").body());
            assertThat(health.get("status").asText()).isEqualTo("ok");
            for (String path : new String[] {"v1/models", "models"}) {
                JsonNode model = Served.json(served.get(path).body()).at("/data/0");
                assertThat(model.get("id").asText()).isEqualTo("fake");
                assertThat(model.get("object").asText()).isEqualTo("model");
                assertThat(model.get("thinking").asBoolean()).isTrue();
                assertThat(model.get("context_length").asInt()).isEqualTo(Served.CONTEXT);
            }
        }
    }
}
