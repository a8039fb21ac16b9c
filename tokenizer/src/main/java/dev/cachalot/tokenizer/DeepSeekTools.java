package dev.cachalot.tokenizer;

import static dev.cachalot.tokenizer.DeepSeekTokens.END_TOOL_CALL;
import static dev.cachalot.tokenizer.DeepSeekTokens.END_TOOL_CALLS;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_CALL;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_CALLS;
import static dev.cachalot.tokenizer.DeepSeekTokens.TOOL_SEP;

import java.util.List;

/**
 * Tools in DeepSeek's token forms. The published templates write calls and outputs but not the
 * tools on offer; their section is the one of the V3.1 model card, for the older form with that
 * form's example.
 */
final class DeepSeekTools {
    private static final String V3_FORM =
            TOOL_CALLS
                    + TOOL_CALL
                    + "function"
                    + TOOL_SEP
                    + "tool_call_name\n```json\ntool_call_arguments\n```"
                    + END_TOOL_CALL
                    + "{additional_tool_calls}"
                    + END_TOOL_CALLS;
    private static final String V31_FORM =
            TOOL_CALLS
                    + TOOL_CALL
                    + "tool_call_name"
                    + TOOL_SEP
                    + "tool_call_arguments"
                    + END_TOOL_CALL
                    + "{additional_tool_calls}"
                    + END_TOOL_CALLS;

    private final boolean v31;

    /**
     * @param v31 whether in V3.1's short form
     */
    DeepSeekTools(boolean v31) {
        this.v31 = v31;
    }

    /** What stands after the system text; nothing without tools. */
    void offer(PromptWriter writer, boolean afterText, List<Tool> tools) {
        if (tools.isEmpty()) {
            return;
        }
        writer.form(
                (afterText ? "\n\n" : "")
                        + "## Tools\nYou have access to the following tools:\n\n");
        for (Tool tool : tools) {
            writer.form("### ");
            writer.text(tool.name());
            writer.form("\nDescription: ");
            writer.text(tool.description());
            writer.form("\n\nParameters: ");
            writer.text(JsonText.python(JsonText.requireObject(tool.parameters(), "parameters")));
            writer.form("\n\n");
        }
        writer.form("IMPORTANT: ALWAYS adhere to this exact format for tool use:\n");
        writer.form(v31 ? V31_FORM : V3_FORM);
        writer.form(
                "\n\nWhere:\n- `tool_call_name` must be an exact match to one of the available tools\n"
                        + "- `tool_call_arguments` must be valid JSON that strictly follows the tool's Parameters Schema\n"
                        + (v31
                                ? "- For multiple tool calls, chain them directly without separators or spaces\n"
                                : "- For multiple tool calls, separate them by a newline\n"));
    }

    /** A batch of calls; nothing where there are none. */
    void calls(PromptWriter writer, List<ToolCall> calls) {
        if (calls.isEmpty()) {
            return;
        }
        writer.form(TOOL_CALLS);
        for (int i = 0; i < calls.size(); i++) {
            ToolCall call = calls.get(i);
            if (v31) {
                writer.form(TOOL_CALL);
                writer.text(call.name());
                writer.form(TOOL_SEP);
                writer.text(call.arguments());
            } else {
                writer.form((i > 0 ? "\n" : "") + TOOL_CALL + "function" + TOOL_SEP);
                writer.text(call.name());
                writer.form("\n```json\n");
                writer.text(call.arguments());
                writer.form("\n```");
            }
            writer.form(END_TOOL_CALL);
        }
        writer.form(END_TOOL_CALLS);
    }
}
