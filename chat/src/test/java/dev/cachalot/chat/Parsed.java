package dev.cachalot.chat;

import dev.cachalot.tokenizer.Tool;
import dev.cachalot.tokenizer.ToolCallForm;
import java.util.ArrayList;
import java.util.List;

/** What a parser makes of a text whose marks are spelled out. */
final class Parsed {
    static final List<Tool> TOOLS = List.of(tool("weather"), tool("now"));

    static Tool tool(String name) {
        return new Tool(name, "", "{\"type\": \"object\"}");
    }

    static ToolCallParser parser(ToolCallForm form) {
        return ToolCallParser.of(form, TOOLS, new ByteTokenizer(), "call_");
    }

    static List<ChatDelta> deltas(ToolCallForm form, List<String> pieces) {
        ToolCallParser parser = parser(form);
        List<ChatDelta> deltas = new ArrayList<>();
        pieces.forEach(piece -> deltas.addAll(parser.accept(piece)));
        deltas.addAll(parser.finish());
        return deltas;
    }

    static Said of(ToolCallForm form, String text) {
        return Said.of(deltas(form, List.of(text)));
    }

    private Parsed() {}
}
