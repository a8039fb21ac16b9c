package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cachalot.chat.ScriptedGenerator;
import dev.cachalot.engine.Refusals;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadRequestTest {
    private final ScriptedGenerator generator = ScriptedGenerator.saying("4");
    private Served served;

    @BeforeAll
    void start() {
        served = new Served(generator);
    }

    @AfterAll
    void stop() {
        served.close();
        assertThat(generator.requests).as("nothing bad may reach the engine").isEmpty();
    }

    private static JsonNode error(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode error = Served.json(response.body()).get("error");
        assertThat(error.get("message").asText()).isNotBlank();
        assertThat(error.get("type").asText()).endsWith("_error");
        assertThat(error.has("param") && error.has("code")).isTrue();
        return error;
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "temperature | -1 | temperature",
                "temperature | 2.01 | temperature",
                "temperature | 1e999 | temperature",
                "temperature | '\"hot\"' | temperature",
                "top_p | 0 | top_p",
                "top_p | 1.5 | top_p",
                "top_p | 1e-50 | top_p",
                "repetition_penalty | 1e-60 | repetition_penalty",
                "top_k | -1 | top_k",
                "top_k | 1.5 | top_k",
                "min_p | 2 | min_p",
                "repetition_penalty | 0 | repetition_penalty",
                "repetition_penalty | 11 | repetition_penalty",
                "seed | 1.5 | seed",
                "seed | 99999999999999999999999999 | seed",
                "max_tokens | 0 | max_tokens",
                "max_tokens | -5 | max_tokens",
                "max_tokens | 1e30 | max_tokens",
                "max_tokens | 99999999999 | max_tokens",
                "max_completion_tokens | 0 | max_completion_tokens",
                "n | 2 | n",
                "n | 1000000 | n",
                "presence_penalty | 3 | presence_penalty",
                "frequency_penalty | -3 | frequency_penalty",
                "logprobs | true | logprobs",
                "stream | '\"yes\"' | stream",
                "stream | 1 | stream",
                "stream_options | [] | stream_options",
                "stream_options | '{\"include_usage\":1}' | stream_options.include_usage",
                "stop | 5 | stop",
                "stop | '\"\"' | stop",
                "stop | '[\"a\",\"\"]' | stop[1]",
                "stop | '[\"a\",7]' | stop[1]",
                "stop | '[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]' | stop",
                "tools | '[{\"type\":\"function\"}]' | tools",
                "thinking | '\"on\"' | thinking",
                "thinking | '{\"type\":\"maybe\"}' | thinking.type",
                "reasoning_effort | '\"extreme\"' | reasoning_effort",
                "reasoning_effort | 3 | reasoning_effort",
                "response_format | '{\"type\":\"json_object\"}' | response_format.type",
                "model | 7 | model",
                "messages | '\"hi\"' | messages",
                "messages | [] | messages",
                "messages | null | messages",
                "messages | [7] | messages[0]",
                "messages | '[{\"role\":\"user\"}]' | messages[0].content",
                "messages | '[{\"role\":\"user\",\"content\":null}]' | messages[0].content",
                "messages | '[{\"role\":\"user\",\"content\":5}]' | messages[0].content",
                "messages | '[{\"role\":\"user\",\"content\":\"\"}]' | messages[0].content",
                "messages | '[{\"role\":\"user\",\"content\":\" \\n\"}]' | messages[0].content",
                "messages | '[{\"role\":\"king\",\"content\":\"x\"}]' | messages[0].role",
                "messages | '[{\"role\":3,\"content\":\"x\"}]' | messages[0].role",
                "messages | '[{\"content\":\"x\"}]' | messages[0].role",
                "messages | '[{\"role\":\"system\",\"content\":\"x\"}]' | messages",
                "messages | '[{\"role\":\"assistant\",\"content\":\"x\"}]' | messages",
                "messages | '[{\"role\":\"user\",\"content\":\"\\ud800\"}]' | messages[0].content",
                "messages | '[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]'"
                        + " | messages[0].content[0].type",
            })
    void wrongFieldIsNamed(String field, String value, String param) {
        String body = "{\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        body =
                field.equals("messages")
                        ? "{\"model\":\"fake\",\"messages\":" + value + "}"
                        : field.equals("model")
                                ? body.replace("\"fake\"", value)
                                : body.replaceFirst("\\{", "{\"" + field + "\":" + value + ",");
        JsonNode error = error(served.post(body), 400);
        assertThat(error.get("param").asText()).isEqualTo(param);
        assertThat(error.get("message").asText()).startsWith(param);
        assertThat(error.get("type").asText()).isEqualTo("invalid_request_error");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nope",
                "[]",
                "null",
                "7",
                "{} {}",
                "{\"a\":1,}",
                "{'a':1}",
                "{\"a\":NaN}",
                "{\"model\":\"fake\",\"model\":\"fake\"}",
                "\u0000",
                "{\"a\":\"\n\"}"
            })
    void brokenJsonIsRefused(String body) {
        assertThat(error(served.post(body), 400).get("code").asText()).isEqualTo("invalid_json");
    }

    /** BROKEN is a byte that no UTF-8 has; '-' stands for no field. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi BROKEN\"}]} | messages[0].content",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"hi | messages[0].content",
                "{\"messages\":[{\"role\":\"user\"},{\"content\":nope}]} | messages[1].content",
                "{\"messages\":[{\"role\":\"user\",BROKEN\"content\":7}]} | messages[0]",
                "{\"messages\":[{\"role\":\"user\"} | messages",
                "{\"model\":\"fake\",\"temperature\":hot} | temperature",
                "{\"model\":\"BROKEN\"} | model",
                "{\"model\":\"fake\" | -",
                "{\"A name of theirs\":BROKEN} | -",
            })
    void theFieldInWhichABodyBreaksIsNamed(String text, String param) {
        byte[] body = text.replace("BROKEN", "\u00FF").getBytes(StandardCharsets.ISO_8859_1);
        JsonNode error =
                error(
                        served.send(
                                served.request("v1/chat/completions")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))),
                        400);
        assertThat(error.get("code").asText())
                .isEqualTo(text.contains("BROKEN") ? "invalid_utf8" : "invalid_json");
        if (param.equals("-")) {
            assertThat(error.get("param").isNull()).isTrue();
        } else {
            assertThat(error.get("param").asText()).isEqualTo(param);
            assertThat(error.get("message").asText()).endsWith(", in " + param);
        }
    }

    @Test
    void tooManyLevelsAreRefused() {
        String deep = "[".repeat(5000) + "]".repeat(5000);
        JsonNode error = error(served.post("{\"messages\":" + deep + "}"), 400);
        assertThat(error.get("message").asText()).contains("levels of nesting");
    }

    @Test
    void brokenUtf8IsRefusedAtItsByte() {
        byte[] body = {'{', '"', (byte) 0xC3, '"', '}'};
        HttpResponse<String> response =
                served.send(
                        served.request("v1/chat/completions")
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        JsonNode error = error(response, 400);
        assertThat(error.get("code").asText()).isEqualTo("invalid_utf8");
        assertThat(error.get("message").asText()).contains("byte 2");
    }

    @Test
    void unknownModelIsNotFoundAndTheKnownOnesAreNamed() {
        JsonNode error =
                error(
                        served.post(
                                "{\"model\":\"gpt\",\"messages\":"
                                        + "[{\"role\":\"user\",\"content\":\"x\"}]}"),
                        404);
        assertThat(error.get("code").asText()).isEqualTo("model_not_found");
        assertThat(error.get("param").asText()).isEqualTo("model");
        assertThat(error.get("message").asText()).contains("gpt").contains("fake");
        assertThat(error(served.post("{}"), 400).get("param").asText()).isEqualTo("model");
    }

    @Test
    void tooLongABodyIsRefusedWithAndWithoutALength() {
        String body = " ".repeat(20_001);
        for (int times = 1; times <= 6; times++) { // more than fits one packet
            assertThat(error(served.post(body.repeat(times)), 413).get("code").asText())
                    .isEqualTo("body_too_large");
        }
        HttpResponse<String> chunked =
                served.send(
                        served.request("v1/chat/completions")
                                .POST(
                                        HttpRequest.BodyPublishers.fromPublisher(
                                                HttpRequest.BodyPublishers.ofString(body))));
        assertThat(error(chunked, 413).get("code").asText()).isEqualTo("body_too_large");
        assertThat(served.get("health").statusCode()).isEqualTo(200);
    }

    @Test
    void otherTypesThanJsonAreRefused() {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(served.uri("v1/chat/completions"))
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"));
        assertThat(error(served.send(request), 415).get("code").asText())
                .isEqualTo("unsupported_media_type");
    }

    @Test
    void unknownPathAndWrongMethodAreErrorsInJson() {
        assertThat(error(served.get("v1/nothing"), 404).get("code").asText())
                .isEqualTo("not_found");
        for (String path : new String[] {"../../etc/passwd", "page/index.html", "app.js.map"}) {
            error(served.get(path), 404);
        }
        HttpResponse<String> got = served.get("v1/chat/completions");
        error(got, 405);
        assertThat(got.headers().firstValue("Allow")).contains("POST");
        HttpResponse<String> deleted = served.send(served.request("v1/models").DELETE());
        error(deleted, 405);
        assertThat(deleted.headers().firstValue("Allow")).contains("GET");
    }

    @Test
    void engineRefusalsHaveTheirStatus() {
        String ask = "{\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        try (Served full = new Served(ScriptedGenerator.refusing(Refusals::overloaded))) {
            HttpResponse<String> response = full.post(ask);
            assertThat(error(response, 429).get("type").asText()).isEqualTo("rate_limit_error");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
        try (Served stopped = new Served(ScriptedGenerator.refusing(Refusals::stopped))) {
            HttpResponse<String> response = stopped.post(ask);
            assertThat(error(response, 503).get("code").asText()).isEqualTo("server_stopping");
            assertThat(response.headers().firstValue("Retry-After")).isPresent();
        }
        try (Served small =
                new Served(ScriptedGenerator.refusing(() -> Refusals.overflow(600, 512)))) {
            JsonNode error = error(small.post(ask), 400);
            assertThat(error.get("code").asText()).isEqualTo("context_length_exceeded");
            assertThat(error.get("param").asText()).isEqualTo("messages");
            assertThat(error.get("message").asText()).contains("600").contains("512");
        }
        try (Served broken =
                new Served(
                        new ScriptedGenerator(
                                _ -> {
                                    throw new IllegalArgumentException("a secret 0xdeadbeef");
                                }))) {
            JsonNode error = error(broken.post(ask), 500);
            assertThat(error.get("message").asText()).doesNotContain("deadbeef");
        }
    }
}
