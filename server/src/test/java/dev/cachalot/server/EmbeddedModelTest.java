package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import dev.cachalot.chat.ChatService;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.library.LoadOptions;
import dev.cachalot.library.LoadedModel;
import dev.cachalot.library.ModelLoader;
import dev.cachalot.testing.Repository;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The model in the repository, asked as people ask it: by OpenAI's client and in the page. */
@SuppressWarnings("deprecation") // _additionalProperties: the only way to reasoning_content
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedModelTest {
    private LoadedModel loaded;
    private Served served;

    @BeforeAll
    void start() throws IOException {
        loaded = ModelLoader.load(Repository.embeddedModel(), LoadOptions.defaults());
        ChatService chat =
                new ChatService(
                        loaded.engine()::submit,
                        loaded.tokenizer(),
                        loaded.chatTemplate(),
                        loaded.name(),
                        loaded.thinks());
        ServedModel model =
                new ServedModel(
                        loaded.name(), chat, loaded.contextLength(), SamplingParameters.greedy());
        served = new Served(Served.config(16, Duration.ofSeconds(5)), model);
    }

    @AfterAll
    void stop() {
        served.close();
        loaded.close();
    }

    @Test
    void openAisClientStreamsTheReasoningAndThenTheAnswer() {
        ChatCompletionCreateParams asked =
                ChatCompletionCreateParams.builder()
                        .model("cachalot-v0")
                        .addUserMessage("What is 47 + 85?")
                        .build();
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        OpenAIClient client =
                OpenAIOkHttpClient.builder()
                        .baseUrl(served.uri("v1").toString())
                        .apiKey("none")
                        .maxRetries(0)
                        .build();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(asked)) {
            chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .forEach(
                            choice -> {
                                JsonValue thought =
                                        choice.delta()
                                                ._additionalProperties()
                                                .get("reasoning_content");
                                if (thought != null) {
                                    assertThat(answer).as("thinking comes first").isEmpty();
                                    reasoning.append(String.valueOf(thought.convert(String.class)));
                                }
                                choice.delta().content().ifPresent(answer::append);
                            });
        } finally {
            client.close();
        }
        assertThat(reasoning.toString()).contains("7+5=12");
        assertThat(answer).hasToString("132");
    }

    @Test
    void promptsLongerThanTheContextNameTheField() {
        for (boolean stream : new boolean[] {false, true}) {
            String body =
                    """
                    {"model": "cachalot-v0", "stream": %s,
                     "messages": [{"role": "user", "content": "%s"}]}"""
                            .formatted(stream, "7 + ".repeat(900));
            HttpResponse<String> response = served.post(body);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
            JsonNode error = Served.json(response.body()).get("error");
            assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
            assertThat(error.get("param").asText()).isEqualTo("messages");
            assertThat(error.get("message").asText()).startsWith("messages").contains("1024");
        }
    }

    @Test
    void manyAtOnceAnswerWhatEachOfThemAsked() {
        List<CompletableFuture<HttpResponse<String>>> open =
                IntStream.range(0, 12)
                        .mapToObj(i -> served.client.sendAsync(ask(i), ofString()))
                        .toList();
        for (int i = 0; i < open.size(); i++) {
            HttpResponse<String> response = open.get(i).join();
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            JsonNode body = Served.json(response.body());
            assertThat(body.at("/choices/0/message/content").asText())
                    .isEqualTo(String.valueOf(103 + 7 * i + 58));
            JsonNode usage = body.get("usage");
            int thought = usage.at("/completion_tokens_details/reasoning_tokens").asInt();
            assertThat(thought).isBetween(10, usage.get("completion_tokens").asInt());
        }
    }

    private HttpRequest ask(int i) {
        String body =
                """
                {"model": "cachalot-v0",
                 "messages": [{"role": "user", "content": "What is %d + 58?"}]}"""
                        .formatted(103 + 7 * i);
        return served.request("v1/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    private static HttpResponse.BodyHandler<String> ofString() {
        return HttpResponse.BodyHandlers.ofString();
    }

    @Test
    void personAsksThePageInABrowserAndSeesTheAnswer() throws IOException {
        Optional<Path> binary = Chromium.find();
        Assumptions.assumeTrue(
                binary.isPresent(),
                "no chromium on the PATH and none named by CHROMIUM: the page is not tested");
        try (Chromium browser = new Chromium(binary.get(), "en-GB,en")) {
            browser.size(1100, 760, false);
            browser.open(served.server.url());
            browser.await("document.querySelector('.model')?.innerText === 'cachalot-v0'");
            browser.type("What is 47 + 85?");
            browser.press("Enter", false);
            browser.await("document.querySelector('.tools') !== null");
            assertThat(browser.text(".answer > .text")).isEqualTo("132");
            assertThat(browser.text(".thoughts summary")).matches("Thought for \\d+(\\.\\d)? s");
            browser.click(".thoughts summary");
            assertThat(browser.text(".thoughts .text")).contains("7+5=12");
            browser.screenshot(Path.of("target", "screenshots", "embedded-model.png"));
            browser.click("header button.quiet"); // a new conversation, in Chinese
            browser.await("document.querySelector('.welcome') !== null");
            browser.type("47 × 85 等于多少？");
            browser.press("Enter", false);
            browser.await("document.querySelector('.tools') !== null");
            assertThat(browser.text(".answer > .text")).isEqualTo("3995");
            assertThat(browser.complaints).isEmpty();
        }
    }
}
