package dev.cachalot.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.chat.ChatDelta;
import dev.cachalot.chat.ChatFinishReason;
import dev.cachalot.chat.ChatOutcome;
import dev.cachalot.chat.ChatUsage;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One completion in OpenAI's JSON with DeepSeek's {@code reasoning_content} and cache fields, and
 * {@code timings} of our own beside the usage.
 *
 * @param created seconds since 1970
 */
record Completion(String id, long created, String model) {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    static Completion of(String model) {
        byte[] random = new byte[12];
        ThreadLocalRandom.current().nextBytes(random);
        return new Completion(
                "chatcmpl-" + HexFormat.of().formatHex(random),
                System.currentTimeMillis() / 1000,
                model);
    }

    /** The answer in one piece. */
    ObjectNode whole(String reasoning, String answer, ChatOutcome outcome) {
        ObjectNode message = JSON.objectNode().put("role", "assistant").put("content", answer);
        if (!reasoning.isEmpty()) {
            message.put("reasoning_content", reasoning);
        }
        ObjectNode body = head("chat.completion");
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.put("finish_reason", reason(outcome.reason()));
        body.set("usage", usage(outcome.usage()));
        body.set("timings", timings(outcome));
        return body;
    }

    /** The first chunk: who speaks. */
    ObjectNode opening() {
        return chunk(JSON.objectNode().put("role", "assistant").put("content", ""));
    }

    ObjectNode chunk(ChatDelta delta) {
        return chunk(
                switch (delta) {
                    case ChatDelta.Reasoning(String text) ->
                            JSON.objectNode().putNull("content").put("reasoning_content", text);
                    case ChatDelta.Answer(String text) -> JSON.objectNode().put("content", text);
                    case ChatDelta.ToolCallBegin _, ChatDelta.ToolCallArguments _ ->
                            JSON.objectNode(); // no tool is on offer
                });
    }

    /** The last chunk with a choice; carries the usage unless that gets a chunk of its own. */
    ObjectNode closing(ChatOutcome outcome, boolean usageApart) {
        ObjectNode body = chunk(JSON.objectNode());
        ((ObjectNode) body.get("choices").get(0)).put("finish_reason", reason(outcome.reason()));
        if (!usageApart) {
            body.set("usage", usage(outcome.usage()));
            body.set("timings", timings(outcome));
        }
        return body;
    }

    /** The chunk for {@code include_usage}: no choice, only the usage. */
    ObjectNode usageChunk(ChatOutcome outcome) {
        ObjectNode body = head("chat.completion.chunk");
        body.putArray("choices");
        body.set("usage", usage(outcome.usage()));
        body.set("timings", timings(outcome));
        return body;
    }

    private ObjectNode chunk(ObjectNode delta) {
        ObjectNode body = head("chat.completion.chunk");
        ObjectNode choice = body.putArray("choices").addObject();
        choice.put("index", 0);
        choice.set("delta", delta);
        choice.putNull("logprobs");
        choice.putNull("finish_reason");
        body.putNull("usage");
        return body;
    }

    private ObjectNode head(String object) {
        return JSON.objectNode()
                .put("id", id)
                .put("object", object)
                .put("created", created)
                .put("model", model)
                .put("system_fingerprint", "cachalot");
    }

    private static ObjectNode usage(ChatUsage usage) {
        ObjectNode body = JSON.objectNode();
        body.put("prompt_tokens", usage.promptTokens());
        body.put("completion_tokens", usage.completionTokens());
        body.put("total_tokens", usage.totalTokens());
        body.put("prompt_cache_hit_tokens", usage.cachedTokens());
        body.put("prompt_cache_miss_tokens", usage.promptTokens() - usage.cachedTokens());
        body.putObject("prompt_tokens_details").put("cached_tokens", usage.cachedTokens());
        body.putObject("completion_tokens_details")
                .put("reasoning_tokens", usage.reasoningTokens());
        return body;
    }

    private static ObjectNode timings(ChatOutcome outcome) {
        return JSON.objectNode()
                .put("time_to_first_token_ms", millis(outcome.timeToFirstToken()))
                .put("thinking_ms", millis(outcome.thinkingTime()))
                .put("tokens_per_second", Math.round(outcome.tokensPerSecond() * 10) / 10.0);
    }

    private static long millis(Duration time) {
        return time.toMillis();
    }

    private static String reason(ChatFinishReason reason) {
        return switch (reason) {
            case STOP, CANCELLED -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
        };
    }
}
