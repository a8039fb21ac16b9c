package dev.cachalot.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cachalot.chat.ByteTokenizer;
import dev.cachalot.chat.ScriptedGenerator;
import dev.cachalot.engine.GenerationRequest;
import dev.cachalot.testing.Cases;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CompletionsTest {
    private static final String QUESTION =
            "\"model\":\"fake\",\"messages\":[{\"role\":\"user\",\"content\":\"2 + 2?\"}]";

    @Test
    void wholeAnswerHasReasoningApartAndAllUsageFields() {
        ScriptedGenerator generator = ScriptedGenerator.saying("two and two</think>4");
        try (Served served = new Served(generator)) {
            HttpResponse<String> response = served.post("{" + QUESTION + "}");
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
            JsonNode body = Served.json(response.body());
            assertThat(body.get("object").asText()).isEqualTo("chat.completion");
            assertThat(body.get("id").asText()).startsWith("chatcmpl-");
            assertThat(body.get("model").asText()).isEqualTo("fake");
            JsonNode choice = body.get("choices").get(0);
            assertThat(choice.at("/message/role").asText()).isEqualTo("assistant");
            assertThat(choice.at("/message/content").asText()).isEqualTo("4");
            assertThat(choice.at("/message/reasoning_content").asText()).isEqualTo("two and two");
            assertThat(choice.get("finish_reason").asText()).isEqualTo("stop");
            int prompt = generator.requests.getFirst().prompt().length;
            assertUsage(body.get("usage"), prompt);
        }
    }

    private static void assertUsage(JsonNode usage, int prompt) {
        assertThat(usage.get("prompt_tokens").asInt()).isEqualTo(prompt);
        assertThat(usage.get("completion_tokens").asInt()).isEqualTo(13);
        assertThat(usage.get("total_tokens").asInt()).isEqualTo(prompt + 13);
        assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt()).isEqualTo(12);
        assertThat(usage.get("prompt_cache_hit_tokens").asInt())
                .isEqualTo(ScriptedGenerator.CACHED);
        assertThat(usage.get("prompt_cache_miss_tokens").asInt())
                .isEqualTo(prompt - ScriptedGenerator.CACHED);
        assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt())
                .isEqualTo(ScriptedGenerator.CACHED);
    }

    @Test
    void streamSaysRoleThenReasoningThenAnswerThenReasonThenUsage() {
        ScriptedGenerator generator = ScriptedGenerator.saying("two and two</think>4");
        try (Served served = new Served(generator)) {
            HttpResponse<String> response =
                    served.post(
                            "{"
                                    + QUESTION
                                    + ",\"stream\":true,\"stream_options\":"
                                    + "{\"include_usage\":true}}");
            assertThat(response.headers().firstValue("Content-Type"))
                    .contains("text/event-stream; charset=utf-8");
            List<JsonNode> chunks = Served.chunks(response.body());
            assertThat(chunks)
                    .extracting(chunk -> chunk.get("id").asText() + chunk.get("created"))
                    .containsOnly(
                            chunks.getFirst().get("id").asText()
                                    + chunks.getFirst().get("created"));
            assertThat(chunks.getFirst().at("/choices/0/delta/role").asText())
                    .isEqualTo("assistant");
            assertThat(text(chunks, "reasoning_content")).isEqualTo("two and two");
            assertThat(text(chunks, "content")).isEqualTo("4");
            JsonNode closing = chunks.get(chunks.size() - 2);
            assertThat(closing.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
            assertThat(closing.get("usage").isNull()).isTrue();
            assertThat(chunks.getLast().get("choices")).isEmpty();
            assertUsage(
                    chunks.getLast().get("usage"), generator.requests.getFirst().prompt().length);
        }
    }

    @Test
    void usageRidesOnTheLastChunkWhereItIsNotAskedFor() {
        try (Served served = new Served(ScriptedGenerator.saying("two and two</think>4"))) {
            List<JsonNode> chunks =
                    Served.chunks(served.post("{" + QUESTION + ",\"stream\":true}").body());
            assertThat(chunks.getLast().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
            assertThat(chunks.getLast().at("/usage/completion_tokens").asInt()).isEqualTo(13);
        }
    }

    private static String text(List<JsonNode> chunks, String field) {
        StringBuilder text = new StringBuilder();
        for (JsonNode chunk : chunks) {
            text.append(chunk.at("/choices/0/delta/" + field).asText(""));
        }
        return text.toString().replace("null", "");
    }

    @Test
    void thinkingCanBeSwitchedOffInBothDialects() {
        ScriptedGenerator generator = ScriptedGenerator.saying("4");
        try (Served served = new Served(generator)) {
            for (String off :
                    List.of(
                            "\"thinking\":{\"type\":\"disabled\"}",
                            "\"reasoning_effort\":\"none\"",
                            "\"thinking\":{\"type\":\"disabled\"},\"reasoning_effort\":\"high\"")) {
                JsonNode body = Served.json(served.post("{" + QUESTION + "," + off + "}").body());
                JsonNode message = body.at("/choices/0/message");
                assertThat(message.get("content").asText()).isEqualTo("4");
                assertThat(message.has("reasoning_content")).isFalse();
            }
            served.post("{" + QUESTION + ",\"reasoning_effort\":\"high\"}");
        }
        assertThat(generator.requests)
                .extracting(request -> request.prompt()[request.prompt().length - 1])
                .containsExactly(
                        ByteTokenizer.END_THINK,
                        ByteTokenizer.END_THINK,
                        ByteTokenizer.END_THINK,
                        ByteTokenizer.THINK);
    }

    @Test
    void everySamplingFieldReachesTheEngine() {
        ScriptedGenerator generator = ScriptedGenerator.saying("4");
        try (Served served = new Served(generator)) {
            HttpResponse<String> response =
                    served.post(
                            "{"
                                    + QUESTION
                                    + """
                                    ,"temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"n":1,
                                    "repetition_penalty":1.1,"seed":42,"max_tokens":5,"user":"x",
                                    "unknown_field":{"a":[1]},"stop":["</s>"],"tools":null}
                                    """);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
        GenerationRequest request = generator.requests.getFirst();
        assertThat(request.maxNewTokens()).isEqualTo(5);
        assertThat(request.sampling().temperature()).isEqualTo(0.5f);
        assertThat(request.sampling().topP()).isEqualTo(0.9f);
        assertThat(request.sampling().topK()).isEqualTo(7);
        assertThat(request.sampling().minP()).isEqualTo(0.1f);
        assertThat(request.sampling().repetitionPenalty()).isEqualTo(1.1f);
        assertThat(request.sampling().seed()).isEqualTo(OptionalLong.of(42));
    }

    @Test
    void lengthAndStopTextEndTheAnswer() {
        try (Served served = new Served(ScriptedGenerator.saying("one. two. three"))) {
            String off = ",\"thinking\":{\"type\":\"disabled\"}";
            JsonNode cut =
                    Served.json(
                            served.post("{" + QUESTION + off + ",\"max_completion_tokens\":4}")
                                    .body());
            assertThat(cut.at("/choices/0/message/content").asText()).isEqualTo("one.");
            assertThat(cut.at("/choices/0/finish_reason").asText()).isEqualTo("length");
            JsonNode stopped =
                    Served.json(served.post("{" + QUESTION + off + ",\"stop\":\". t\"}").body());
            assertThat(stopped.at("/choices/0/message/content").asText()).isEqualTo("one");
            assertThat(stopped.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        }
    }

    @Test
    void conversationWithPartsAndEarlierReasoningIsRead() {
        ScriptedGenerator generator = ScriptedGenerator.saying("4");
        try (Served served = new Served(generator)) {
            HttpResponse<String> response =
                    served.post(
                            """
                            {"model":"fake","messages":[
                             {"role":"developer","content":"Be brief."},
                             {"role":"user","content":[{"type":"text","text":"1 + "},
                                                       {"type":"text","text":"1?"}]},
                             {"role":"assistant","content":"2","reasoning_content":"easy"},
                             {"role":"user","content":"and 2 + 2?"}]}
                            """);
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        }
        assertThat(new ByteTokenizer().decode(generator.requests.getFirst().prompt()))
                .contains("Be brief.")
                .contains("1 + 1?")
                .contains("and 2 + 2?")
                .doesNotContain("easy");
    }

    @Test
    void anyTextSurvivesTheStreamAndNoEventSplitsACharacter() {
        AtomicReference<String> said = new AtomicReference<>("");
        ByteTokenizer tokenizer = new ByteTokenizer();
        ScriptedGenerator generator =
                new ScriptedGenerator(_ -> tokenizer.encodePlain("r</think>" + said.get()));
        try (Served served = new Served(generator)) {
            Cases.forAll(
                    60,
                    random -> {
                        said.set("x" + hostile(random));
                        List<JsonNode> chunks =
                                Served.chunks(
                                        served.post("{" + QUESTION + ",\"stream\":true}").body());
                        StringBuilder content = new StringBuilder();
                        for (JsonNode chunk : chunks) {
                            JsonNode delta = chunk.at("/choices/0/delta/content");
                            if (delta.isTextual()) {
                                assertThat(delta.asText()).doesNotContain("\uFFFD");
                                content.append(delta.asText());
                            }
                        }
                        assertThat(content).hasToString(said.get());
                        assertThat(chunks.subList(0, chunks.size() - 1))
                                .allMatch(c -> c.at("/choices/0/finish_reason").isNull());
                    });
        }
    }

    /** Line breaks, event syntax, quotes, controls, and characters of two to four bytes. */
    private static String hostile(SplittableRandom random) {
        List<String> words =
                List.of(
                        "\n",
                        "\r\n",
                        "\n\n",
                        "data: [DONE]\n\n",
                        "event: x",
                        ":",
                        "\"",
                        "\\",
                        "\u0000",
                        "\u2028",
                        "\u0085",
                        "\u00f1",
                        "\u6c34",
                        "\ud83d\udc33",
                        "a",
                        "<script>",
                        "\t");
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(20); n > 0; n--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }
}
