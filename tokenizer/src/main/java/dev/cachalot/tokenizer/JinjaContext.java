package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cachalot.tokenizer.jinja.Jinja;
import dev.cachalot.tokenizer.jinja.Text;
import dev.cachalot.tokenizer.jinja.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** What a chat template is given, under the names that Hugging Face gives it. */
final class JinjaContext {
    private static final Pattern ASKS_FOR_NONE =
            Pattern.compile("(?:\\.|\\[['\"])content(?:['\"]\\])? is (?:not )?none");

    private final Map<String, Value> fixed = new HashMap<>();
    private final boolean nullContent; // whether a call's missing content is to be none

    JinjaContext(Tokenizer tokenizer, String source) {
        token("bos_token", tokenizer, tokenizer.bosId());
        token("eos_token", tokenizer, tokenizer.eosId());
        nullContent = ASKS_FOR_NONE.matcher(source).find();
    }

    private void token(String name, Tokenizer tokenizer, OptionalInt id) {
        if (id.isPresent()) {
            byte[] spelled = tokenizer.bytes(id.getAsInt());
            fixed.put(name, Text.own(new String(spelled, StandardCharsets.UTF_8)));
        } else {
            fixed.put(name, Text.own(""));
        }
    }

    Map<String, Value> of(Conversation conversation, Thinking thinking, boolean addPrompt) {
        Map<String, Value> context = new HashMap<>(fixed);
        List<Value> messages = new ArrayList<>();
        conversation.messages().forEach(message -> messages.add(message(message)));
        context.put("messages", new Value.Items(messages));
        context.put("add_generation_prompt", Value.of(addPrompt));
        context.put("enable_thinking", Value.of(thinking == Thinking.ON));
        context.put("thinking", Value.of(thinking == Thinking.ON));
        List<Value> tools = new ArrayList<>();
        conversation.tools().forEach(tool -> tools.add(value(HermesTools.json(tool))));
        context.put("tools", tools.isEmpty() ? Value.NONE : new Value.Items(tools));
        context.put("documents", Value.NONE);
        return context;
    }

    private Value message(Message message) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put(
                "role",
                Text.own(
                        switch (message.role()) {
                            case SYSTEM -> "system";
                            case USER -> "user";
                            case ASSISTANT -> "assistant";
                            case TOOL -> "tool";
                        }));
        boolean none = nullContent && message.content().isEmpty() && !message.toolCalls().isEmpty();
        entries.put("content", none ? Value.NONE : Text.foreign(message.content()));
        message.reasoning().ifPresent(text -> entries.put("reasoning_content", Text.foreign(text)));
        message.toolCallId().ifPresent(id -> entries.put("tool_call_id", Text.foreign(id)));
        if (!message.toolCalls().isEmpty()) {
            List<Value> calls = new ArrayList<>();
            message.toolCalls().forEach(call -> calls.add(call(call)));
            entries.put("tool_calls", new Value.Items(calls));
        }
        return new Value.Dict(entries);
    }

    private static Value call(ToolCall call) {
        Value parsed = value(JsonText.parse(call.arguments()));
        return Jinja.dict(
                "id",
                Text.foreign(call.id()),
                "type",
                Text.own("function"),
                "function",
                Jinja.dict(
                        "name",
                        Text.foreign(call.name()),
                        "arguments",
                        new Value.Json(Text.foreign(call.arguments()), parsed)));
    }

    private static Value value(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> {
                Map<String, Value> entries = new LinkedHashMap<>();
                json.properties()
                        .forEach(field -> entries.put(field.getKey(), value(field.getValue())));
                yield new Value.Dict(entries);
            }
            case ARRAY -> {
                List<Value> values = new ArrayList<>();
                json.forEach(element -> values.add(value(element)));
                yield new Value.Items(values);
            }
            case STRING -> Text.foreign(json.textValue());
            case BOOLEAN -> Value.of(json.booleanValue());
            case NUMBER ->
                    json.canConvertToLong() && json.isIntegralNumber()
                            ? new Value.Int(json.longValue())
                            : new Value.Real(json.doubleValue());
            default -> Value.NONE;
        };
    }

    /** Characters of everything in the conversation. */
    static long length(Conversation conversation) {
        long length = 0;
        for (Message message : conversation.messages()) {
            length += message.content().length() + message.reasoning().orElse("").length();
            for (ToolCall call : message.toolCalls()) {
                length += call.name().length() + call.arguments().length();
            }
        }
        for (Tool tool : conversation.tools()) {
            length += tool.description().length() + tool.parameters().length();
        }
        return length;
    }
}
