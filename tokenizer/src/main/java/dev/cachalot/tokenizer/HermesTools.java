package dev.cachalot.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cachalot.tokenizer.jinja.PythonText;
import java.util.List;

/** Tools as Qwen2.5 and Qwen3 write them, after Hermes. Source: their published templates. */
final class HermesTools {
    static final String CALL = "<tool_call>";
    static final String END_CALL = "</tool_call>";
    static final String RESPONSE = "<tool_response>";
    static final String END_RESPONSE = "</tool_response>";

    /** The section of the system turn. */
    static void offer(PromptWriter writer, List<Tool> tools) {
        writer.form(
                "# Tools\n\nYou may call one or more functions to assist with the user query.\n\n"
                        + "You are provided with function signatures within <tools></tools> XML tags:\n<tools>");
        for (Tool tool : tools) {
            writer.form("\n");
            writer.text(JsonText.python(json(tool)));
        }
        writer.form(
                "\n</tools>\n\nFor each function call, return a json object with function name and"
                        + " arguments within <tool_call></tool_call> XML tags:\n<tool_call>\n"
                        + "{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>");
    }

    /** A tool as the OpenAI interface describes it. */
    static JsonNode json(Tool tool) {
        ObjectNode function = JsonNodeFactory.instance.objectNode();
        function.put("name", tool.name());
        if (!tool.description().isEmpty()) {
            function.put("description", tool.description());
        }
        function.set("parameters", JsonText.requireObject(tool.parameters(), "parameters"));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", "function");
        json.set("function", function);
        return json;
    }

    static void calls(PromptWriter writer, boolean afterText, List<ToolCall> calls) {
        for (int i = 0; i < calls.size(); i++) {
            writer.form((afterText || i > 0 ? "\n" : "") + CALL + "\n{\"name\": ");
            StringBuilder name = new StringBuilder();
            PythonText.quote(calls.get(i).name(), name);
            writer.text(name + ", \"arguments\": " + calls.get(i).arguments() + "}\n");
            writer.form(END_CALL);
        }
    }

    private HermesTools() {}
}
