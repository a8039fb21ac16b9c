package dev.cachalot.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.chat.ChatOptions;
import dev.cachalot.engine.SamplingParameters;
import dev.cachalot.tokenizer.Conversation;
import dev.cachalot.tokenizer.Thinking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Reads the body of {@code POST /v1/chat/completions}: OpenAI's and DeepSeek's fields, and top_k,
 * min_p and repetition_penalty. Fields that would change the answer in a way that is not offered
 * are refused; unknown ones are not looked at.
 */
final class ChatRequestReader {
    private static final int MOST_TOKENS = 1 << 20;
    private static final int MOST_STOPS = 16;
    private static final int LONGEST_STOP = 1000;

    private final ModelCatalog catalog;

    ChatRequestReader(ModelCatalog catalog) {
        this.catalog = catalog;
    }

    ChatRequest read(ObjectNode body) {
        Fields fields = new Fields(body, "");
        ServedModel model = model(fields);
        Conversation conversation = MessagesReader.conversation(fields);
        refuseWhatIsNotOffered(fields);
        ChatOptions options =
                new ChatOptions(
                        thinking(fields),
                        maxTokens(fields, model),
                        sampling(fields, model.sampling()),
                        stop(fields));
        boolean includeUsage =
                fields.object("stream_options")
                        .flatMap(streaming -> streaming.flag("include_usage"))
                        .orElse(false);
        return new ChatRequest(
                model, conversation, options, fields.flag("stream").orElse(false), includeUsage);
    }

    private ServedModel model(Fields fields) {
        String id =
                fields.text("model")
                        .orElseThrow(
                                () ->
                                        ApiException.invalid(
                                                "model",
                                                "model is missing; expected one of " + ids()));
        return catalog.find(id)
                .orElseThrow(
                        () ->
                                ApiException.modelNotFound(
                                        "there is no model '%s'; there is %s"
                                                .formatted(clipped(id), ids())));
    }

    private String ids() {
        return String.join(", ", catalog.models().stream().map(ServedModel::id).toList());
    }

    private static String clipped(String id) {
        return id.length() <= 80 ? id : id.substring(0, id.offsetByCodePoints(0, 40)) + "…";
    }

    private static void refuseWhatIsNotOffered(Fields fields) {
        fields.integer("n", 1, 1);
        fields.number("presence_penalty", -2, false, 2);
        fields.number("frequency_penalty", -2, false, 2);
        if (fields.flag("logprobs").orElse(false)) {
            throw ApiException.invalid("logprobs", "logprobs is true; it is not offered");
        }
        fields.find("tools")
                .filter(tools -> !tools.isEmpty())
                .ifPresent(
                        _ -> {
                            throw ApiException.invalid(
                                    "tools", "tools has entries; tools are not offered");
                        });
        fields.object("response_format")
                .flatMap(format -> format.text("type"))
                .filter(type -> !type.equals("text"))
                .ifPresent(
                        type -> {
                            throw ApiException.invalid(
                                    "response_format.type",
                                    "response_format.type is '%s'; only 'text' is offered"
                                            .formatted(clipped(type)));
                        });
    }

    /** DeepSeek's switch goes before OpenAI's effort; thinking is on where nothing is said. */
    private static Thinking thinking(Fields fields) {
        Optional<Thinking> effort =
                fields.text("reasoning_effort")
                        .map(
                                value ->
                                        switch (value) {
                                            case "none" -> Thinking.OFF;
                                            case "minimal",
                                                    "low",
                                                    "medium",
                                                    "high",
                                                    "xhigh",
                                                    "max",
                                                    "ultra" ->
                                                    Thinking.ON;
                                            default ->
                                                    throw ApiException.invalid(
                                                            "reasoning_effort",
                                                            ("reasoning_effort is '%s'; expected"
                                                                            + " none, low, medium,"
                                                                            + " high or max")
                                                                    .formatted(clipped(value)));
                                        });
        Optional<Thinking> type =
                fields.object("thinking")
                        .flatMap(thinking -> thinking.text("type"))
                        .map(
                                value ->
                                        switch (value) {
                                            case "enabled", "adaptive" -> Thinking.ON;
                                            case "disabled" -> Thinking.OFF;
                                            default ->
                                                    throw ApiException.invalid(
                                                            "thinking.type",
                                                            ("thinking.type is '%s'; expected"
                                                                            + " enabled or"
                                                                            + " disabled")
                                                                    .formatted(clipped(value)));
                                        });
        return type.or(() -> effort).orElse(Thinking.ON);
    }

    private static int maxTokens(Fields fields, ServedModel model) {
        OptionalInt older = fields.integer("max_tokens", 1, MOST_TOKENS);
        OptionalInt newer = fields.integer("max_completion_tokens", 1, MOST_TOKENS);
        int asked = newer.orElse(older.orElse(MOST_TOKENS));
        return Math.min(asked, model.contextLength());
    }

    private static SamplingParameters sampling(Fields fields, SamplingParameters usual) {
        OptionalLong seed = fields.anyInteger("seed");
        return new SamplingParameters(
                (float) fields.number("temperature", 0, false, 2).orElse(usual.temperature()),
                (float) fields.number("top_p", 0, true, 1).orElse(usual.topP()),
                fields.integer("top_k", 0, Integer.MAX_VALUE).orElse(usual.topK()),
                (float) fields.number("min_p", 0, false, 1).orElse(usual.minP()),
                (float)
                        fields.number("repetition_penalty", 0, true, 10)
                                .orElse(usual.repetitionPenalty()),
                seed.isPresent() ? seed : usual.seed());
    }

    private static List<String> stop(Fields fields) {
        Optional<JsonNode> stop = fields.find("stop");
        if (stop.isEmpty()) {
            return List.of();
        }
        JsonNode value = stop.get();
        if (value.isTextual()) {
            return List.of(stopText("stop", value));
        }
        if (!value.isArray() || value.size() > MOST_STOPS) {
            throw ApiException.invalid(
                    "stop",
                    "stop is %s%s; expected a string or at most %d strings"
                            .formatted(
                                    Json.kind(value),
                                    value.isArray() ? " of " + value.size() : "",
                                    MOST_STOPS));
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            texts.add(stopText("stop[" + i + "]", value.get(i)));
        }
        return texts;
    }

    private static String stopText(String path, JsonNode value) {
        String text = Fields.text(path, value);
        if (text.isEmpty() || text.length() > LONGEST_STOP) {
            throw ApiException.invalid(
                    path,
                    "%s has %d characters; expected 1 to %d"
                            .formatted(path, text.length(), LONGEST_STOP));
        }
        return text;
    }
}
