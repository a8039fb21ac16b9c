package dev.cachalot.chat;

import dev.cachalot.tokenizer.Tokenizer;
import dev.cachalot.tokenizer.Tool;
import dev.cachalot.tokenizer.ToolCallForm;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells tool calls from content, in the text of an answer after its reasoning, cut anywhere.
 *
 * <p>A mark that the vocabulary has as a token counts only as that token: a model that quotes the
 * mark from a text spells it, as the text was spelled to it, and calls nothing. A mark that the
 * vocabulary lacks counts spelled out, except within a JSON string.
 *
 * <p>Nothing that a model can say is an error. A call that is cut off or broken has the arguments
 * that were written; what is no call is content, with its marks. Dropped are the marks of calls and
 * the white space around them; as in the templates, one newline after content belongs to Hermes'
 * mark. Time is linear; no more than {@link CallGrammar#LIMIT} characters are held back.
 */
final class ToolCallParser {
    private final CallGrammar grammar;
    private final SpokenDeltas deltas;
    private final List<String> spelled; // marks to be found in text
    private String begun = ""; // the beginning of a mark, maybe

    private ToolCallParser(CallGrammar grammar, SpokenDeltas deltas, List<String> spelled) {
        this.grammar = grammar;
        this.deltas = deltas;
        this.spelled = spelled;
    }

    /** Takes everything as content. */
    static ToolCallParser none() {
        SpokenDeltas deltas = new SpokenDeltas("");
        return new ToolCallParser(new NoCalls(deltas), deltas, List.of());
    }

    /**
     * @param tools that are on offer
     * @param tokenizer whose tokens among the form's marks come to {@link #mark}
     * @param idPrefix what the ids of calls begin with, before their index
     */
    static ToolCallParser of(
            ToolCallForm form, List<Tool> tools, Tokenizer tokenizer, String idPrefix) {
        SpokenDeltas deltas = new SpokenDeltas(idPrefix);
        CallGrammar grammar =
                switch (form) {
                    case NONE -> new NoCalls(deltas);
                    case DEEPSEEK_V3, DEEPSEEK_V31 -> new DeepSeekCalls(deltas);
                    case HERMES -> ObjectCalls.marked(deltas);
                    case LLAMA3 ->
                            ObjectCalls.unmarked(
                                    deltas,
                                    tools.stream().map(Tool::name).collect(Collectors.toSet()));
                };
        List<String> spelled =
                marks(form).stream().filter(mark -> tokenizer.id(mark).isEmpty()).toList();
        return new ToolCallParser(grammar, deltas, spelled);
    }

    /** What sets calls apart in a form. */
    static List<String> marks(ToolCallForm form) {
        return switch (form) {
            case DEEPSEEK_V3, DEEPSEEK_V31 -> DeepSeekCalls.MARKS;
            case HERMES -> ObjectCalls.MARKS;
            case NONE, LLAMA3 -> List.of();
        };
    }

    /** What is said for sure with this piece of text. */
    List<ChatDelta> accept(String piece) {
        String text = begun + piece;
        begun = "";
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            String mark = c == '<' ? markAt(text, at) : null;
            if (mark == null) {
                grammar.accept(c);
                at++;
            } else if (text.length() - at < mark.length()) {
                begun = text.substring(at);
                break;
            } else {
                grammar.mark(mark, false);
                at += mark.length();
            }
        }
        return deltas.take();
    }

    /** The mark that stands, or by the text's end begins, at a place. */
    private @Nullable String markAt(String text, int at) {
        for (String mark : spelled) {
            int length = Math.min(mark.length(), text.length() - at);
            if (text.regionMatches(at, mark, 0, length)) {
                return mark;
            }
        }
        return null;
    }

    /** A mark of the form that came as a token of its own. */
    List<ChatDelta> mark(String mark) {
        letBegunGo();
        grammar.mark(mark, true);
        return deltas.take();
    }

    /** The end of the answer: what was held back after all. */
    List<ChatDelta> finish() {
        letBegunGo();
        grammar.finish();
        return deltas.take();
    }

    private void letBegunGo() {
        grammar.spell(begun);
        begun = "";
    }
}
