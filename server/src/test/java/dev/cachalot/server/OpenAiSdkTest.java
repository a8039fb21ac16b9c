package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.cachalot.chat.ScriptedGenerator;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** OpenAI's own Java client against our server. */
@SuppressWarnings(
        "deprecation") // _additionalProperties: the only way to fields that are not OpenAI's
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenAiSdkTest {
    private Served served;
    private OpenAIClient client;

    @BeforeAll
    void start() {
        served =
                new Served(
                        ScriptedGenerator.saying("7 and 5: 12, carry 1</think>132 \ud83d\udc33"));
        client =
                OpenAIOkHttpClient.builder()
                        .baseUrl(served.uri("v1").toString())
                        .apiKey("none")
                        .maxRetries(0)
                        .build();
    }

    @AfterAll
    void stop() {
        client.close();
        served.close();
    }

    private static ChatCompletionCreateParams.Builder question() {
        return ChatCompletionCreateParams.builder()
                .model("fake")
                .addUserMessage("What is 47 + 85?")
                .maxCompletionTokens(200);
    }

    @Test
    void streamsAnAnswerAndReadsTheReasoning() {
        StringBuilder reasoning = new StringBuilder();
        StringBuilder answer = new StringBuilder();
        long[] tokens = new long[1];
        ChatCompletionCreateParams asked =
                question()
                        .streamOptions(
                                ChatCompletionStreamOptions.builder().includeUsage(true).build())
                        .build();
        try (StreamResponse<ChatCompletionChunk> chunks =
                client.chat().completions().createStreaming(asked)) {
            chunks.stream()
                    .forEach(
                            chunk -> {
                                chunk.usage().ifPresent(u -> tokens[0] = u.completionTokens());
                                chunk.choices()
                                        .forEach(
                                                choice -> {
                                                    choice.delta()
                                                            .content()
                                                            .ifPresent(answer::append);
                                                    reasoning.append(
                                                            reasoning(
                                                                    choice.delta()
                                                                            ._additionalProperties()));
                                                });
                            });
        }
        assertThat(reasoning).hasToString("7 and 5: 12, carry 1");
        assertThat(answer).hasToString("132 \ud83d\udc33");
        assertThat(tokens[0]).isPositive();
    }

    private static String reasoning(Map<String, JsonValue> more) {
        return more.containsKey("reasoning_content")
                ? String.valueOf(more.get("reasoning_content").convert(String.class))
                : "";
    }

    @Test
    void readsAWholeAnswerWithItsUsage() {
        ChatCompletion completion = client.chat().completions().create(question().build());
        ChatCompletion.Choice choice = completion.choices().getFirst();
        assertThat(choice.message().content()).contains("132 \ud83d\udc33");
        assertThat(reasoning(choice.message()._additionalProperties()))
                .isEqualTo("7 and 5: 12, carry 1");
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.STOP);
        assertThat(
                        completion
                                .usage()
                                .orElseThrow()
                                .completionTokensDetails()
                                .orElseThrow()
                                .reasoningTokens())
                .contains(21L);
        completion.validate();
    }

    @Test
    void errorsAreTheClientsOwnKinds() {
        assertThatThrownBy(
                        () -> client.chat().completions().create(question().model("gpt-9").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no model 'gpt-9'");
        assertThatThrownBy(
                        () ->
                                client.chat()
                                        .completions()
                                        .create(question().temperature(-1.0).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("temperature");
    }

    @Test
    void listsTheModels() {
        assertThat(client.models().list().data())
                .extracting(model -> model.id())
                .containsExactly("fake");
    }
}
