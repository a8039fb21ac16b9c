package dev.cachalot.chat;

import dev.cachalot.tokenizer.ToolCall;
import java.util.List;
import java.util.SplittableRandom;

/** Calls with arguments that spell everything a parser looks for. */
final class RandomCalls {
    static final List<String> PIECES =
            List.of(
                    "<｜tool▁calls▁begin｜>",
                    "<｜tool▁call▁begin｜>",
                    "<｜tool▁sep｜>",
                    "<｜tool▁call▁end｜>",
                    "<｜tool▁calls▁end｜>",
                    "<tool_call>",
                    "</tool_call>",
                    "<｜tool▁call",
                    "<tool_",
                    "<",
                    "function",
                    "now",
                    "```json",
                    "```",
                    "`",
                    "\n",
                    " ",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    ";",
                    "\"",
                    "\\",
                    "\\\"",
                    "\"name\": \"now\"",
                    "\"arguments\": ",
                    "\"parameters\": {",
                    "水",
                    "\ud83d\udc33",
                    "é");

    /** Names as the API allows them, and those that the forms use themselves. */
    private static final List<String> NAMES =
            List.of(
                    "now",
                    "weather",
                    "function",
                    "json",
                    "get_weather-2",
                    "tool_call_name",
                    "X",
                    "name");

    static List<String> names() {
        return NAMES;
    }

    static ToolCall call(SplittableRandom random) {
        StringBuilder json = new StringBuilder();
        object(random, 3, json);
        return ToolCall.of(NAMES.get(random.nextInt(NAMES.size())), json.toString());
    }

    /** As Python's {@code json.dumps(value, ensure_ascii=False)} writes it. */
    private static void value(SplittableRandom random, int depth, StringBuilder out) {
        switch (random.nextInt(depth == 0 ? 3 : 5)) {
            case 0 -> string(random, out);
            case 1 -> out.append(random.nextInt(-99, 99));
            case 2 -> out.append(List.of("true", "false", "null", "1.5").get(random.nextInt(4)));
            case 3 -> object(random, depth - 1, out);
            default -> {
                out.append('[');
                for (int i = random.nextInt(3); i >= 0; i--) {
                    value(random, depth - 1, out);
                    out.append(i > 0 ? ", " : "");
                }
                out.append(']');
            }
        }
    }

    private static void object(SplittableRandom random, int depth, StringBuilder out) {
        out.append('{');
        int members = random.nextInt(4);
        for (int i = 0; i < members; i++) {
            out.append(i > 0 ? ", \"" : "\"").append((char) ('a' + i)); // keys differ
            String key = Cuts.mix(PIECES, 2, random);
            StringBuilder rest = new StringBuilder();
            quote(key, rest);
            out.append(rest, 1, rest.length()).append(": ");
            value(random, depth, out);
        }
        out.append('}');
    }

    private static void string(SplittableRandom random, StringBuilder out) {
        quote(Cuts.mix(PIECES, 6, random), out);
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
        out.append('"');
    }

    private RandomCalls() {}
}
