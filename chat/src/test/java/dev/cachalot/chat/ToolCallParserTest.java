package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tokenizer.DeepSeekTokens;
import dev.cachalot.tokenizer.ToolCall;
import dev.cachalot.tokenizer.ToolCallForm;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The forms as published, and what models make of them. */
@SuppressWarnings("StringConcatToTextBlock") // newlines are what is looked at
class ToolCallParserTest {
    private static final ToolCallForm V3 = ToolCallForm.DEEPSEEK_V3;
    private static final ToolCallForm V31 = ToolCallForm.DEEPSEEK_V31;
    private static final ToolCallForm HERMES = ToolCallForm.HERMES;
    private static final ToolCallForm LLAMA3 = ToolCallForm.LLAMA3;

    private static final String ROME = "{\"city\": \"Rome\"}";
    private static final String OSLO = "{\"city\": \"Oslo\"}";

    /** Marks in short: ( and ) a batch, [ and ] a call, | the separator. */
    private static String spelled(String text) {
        return text.replace("(", DeepSeekTokens.TOOL_CALLS)
                .replace(")", DeepSeekTokens.END_TOOL_CALLS)
                .replace("[", DeepSeekTokens.TOOL_CALL)
                .replace("]", DeepSeekTokens.END_TOOL_CALL)
                .replace("|", DeepSeekTokens.TOOL_SEP);
    }

    private static Said deepSeek(String text) {
        return Parsed.of(V31, spelled(text));
    }

    private static Said said(String content, String... namesAndArguments) {
        List<ToolCall> calls = new ArrayList<>();
        for (int i = 0; i < namesAndArguments.length; i += 2) {
            calls.add(ToolCall.of(namesAndArguments[i], namesAndArguments[i + 1]));
        }
        return new Said("", content, calls);
    }

    /** reference/deepseek-architecture.md, section 9.4, V3 and R1. */
    @Test
    void v3AsPublished() {
        String answer =
                "I look it up.<｜tool▁calls▁begin｜>"
                        + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Rome\"}\n```<｜tool▁call▁end｜>\n"
                        + "<｜tool▁call▁begin｜>function<｜tool▁sep｜>weather\n```json\n{\"city\": \"Oslo\"}\n```<｜tool▁call▁end｜>"
                        + "<｜tool▁calls▁end｜>";
        assertThat(Parsed.of(V3, answer))
                .isEqualTo(said("I look it up.", "weather", ROME, "weather", OSLO));
    }

    /** reference/deepseek-architecture.md, section 9.4, V3.1. */
    @Test
    void v31AsPublished() {
        String answer =
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"Rome\"}<｜tool▁call▁end｜>"
                        + "<｜tool▁call▁begin｜>weather<｜tool▁sep｜>{\"city\": \"Oslo\"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>";
        assertThat(Parsed.of(V31, answer)).isEqualTo(said("", "weather", ROME, "weather", OSLO));
    }

    /** As the published template of Qwen3 writes calls; see HermesTools. */
    @Test
    void hermesAsPublished() {
        String answer =
                "I look it up.\n<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>\n"
                        + "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Oslo\"}}\n</tool_call>";
        assertThat(Parsed.of(HERMES, answer))
                .isEqualTo(said("I look it up.", "weather", ROME, "weather", OSLO));
    }

    /** The form of Llama 3.1; see ToolCallForm. */
    @Test
    void llama3AsPublished() {
        assertThat(
                        Parsed.of(
                                LLAMA3,
                                "{\"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}}"))
                .isEqualTo(said("", "weather", ROME));
        assertThat(
                        Parsed.of(
                                LLAMA3,
                                "{\"type\": \"function\", \"name\": \"weather\", \"parameters\": {\"city\": \"Rome\"}};"
                                        + " {\"name\": \"now\", \"parameters\": {}}"))
                .isEqualTo(said("", "weather", ROME, "now", "{}"));
    }

    /** reference/deepseek-api.md, section 4.1: the name on the first piece, then arguments. */
    @Test
    void theNameComesAsSoonAsItIsKnownAndArgumentsInPieces() {
        List<String> pieces =
                List.of(
                        "So",
                        "\n<tool_",
                        "call>\n{\"name\": \"wea",
                        "ther\"",
                        ", \"arguments\": ",
                        "{\"ci",
                        "ty\": \"Rome\"}",
                        "}\n</tool_call>");
        assertThat(Parsed.deltas(HERMES, pieces))
                .containsExactly(
                        new ChatDelta.Answer("So"),
                        new ChatDelta.ToolCallBegin(0, "call_0", "weather"),
                        new ChatDelta.ToolCallArguments(0, "{\"ci"),
                        new ChatDelta.ToolCallArguments(0, "ty\": \"Rome\"}"));
        List<String> deepSeek =
                List.of(
                        spelled("So("),
                        spelled("[function|weather"),
                        "\n",
                        "```json\n",
                        "{\"a\":",
                        " 1}",
                        "\n``",
                        "`",
                        spelled("]"),
                        spelled("\n[function|now\n```json\n{}\n```])"));
        assertThat(Parsed.deltas(V3, deepSeek))
                .containsExactly(
                        new ChatDelta.Answer("So"),
                        new ChatDelta.ToolCallBegin(0, "call_0", "weather"),
                        new ChatDelta.ToolCallArguments(0, "{\"a\":"),
                        new ChatDelta.ToolCallArguments(0, " 1}"),
                        new ChatDelta.ToolCallBegin(1, "call_1", "now"),
                        new ChatDelta.ToolCallArguments(1, "{}"));
    }

    @ParameterizedTest
    @EnumSource(ToolCallForm.class)
    void contentComesAtOnceAndLookAlikesAreContent(ToolCallForm form) {
        ToolCallParser parser = Parsed.parser(form);
        assertThat(parser.accept("a < b")).containsExactly(new ChatDelta.Answer("a < b"));
        assertThat(
                        Said.of(parser.accept(" <|tool▁calls▁begin|> <toolcall> <tool_calls> "))
                                .answer())
                .isEqualTo(" <|tool▁calls▁begin|> <toolcall> <tool_calls> ");
        assertThat(Said.of(parser.accept("{\"name\": \"now\", \"parameters\": {}}")).answer())
                .isEqualTo("{\"name\": \"now\", \"parameters\": {}}");
        assertThat(parser.finish()).isEmpty();
    }

    @Test
    void eitherDeepSeekFormIsTaken() {
        String older = spelled("([function|now\n```json\n{}\n```])");
        String newer = spelled("([now|{}])");
        for (ToolCallForm form : List.of(V3, V31)) {
            assertThat(Parsed.of(form, older)).isEqualTo(said("", "now", "{}"));
            assertThat(Parsed.of(form, newer)).isEqualTo(said("", "now", "{}"));
        }
        assertThat(deepSeek("([function|{\"a\": 1}])"))
                .isEqualTo(said("", "function", "{\"a\": 1}"));
        assertThat(deepSeek("([function|function\n```json\n{}\n```])"))
                .isEqualTo(said("", "function", "{}"));
        assertThat(deepSeek("([now|```json\n{}\n```])")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek("([now|```{}```])")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek("([function|now{}])")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek("([function|now])")).isEqualTo(said("", "now", ""));
        assertThat(deepSeek("([ now |\n {} \n]\n)\n")).isEqualTo(said("", "now", "{}"));
    }

    @Test
    void marksThatDeepSeekForgetsDoNoHarm() {
        assertThat(deepSeek("[now|{}]")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek("([now|{})")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek("([now|{}[weather|" + ROME + "])"))
                .isEqualTo(said("", "now", "{}", "weather", ROME));
        assertThat(deepSeek("([now|{}])([weather|{}])"))
                .isEqualTo(said("", "now", "{}", "weather", "{}"));
        assertThat(deepSeek("([now|{}]))").calls()).hasSize(1);
    }

    @Test
    void textBeforeBetweenAndAfterDeepSeeksCallsIsContent() {
        assertThat(deepSeek("a ( [now|{}] b [weather|{}] ) c "))
                .isEqualTo(said("a  b   c ", "now", "{}", "weather", "{}"));
        assertThat(deepSeek(" \n([now|{}]) \n")).isEqualTo(said("", "now", "{}"));
        assertThat(deepSeek(" \n")).isEqualTo(said(" \n"));
    }

    @Test
    void whatIsNoCallOfDeepSeeksIsContent() {
        for (String text :
                List.of(
                        "(",
                        "( \n",
                        "( so",
                        "()",
                        "[",
                        "[now",
                        "[now]",
                        "[|{}]",
                        "[a\nb|{}]",
                        "[now(",
                        "[function|",
                        "[function| \n",
                        "]",
                        ")",
                        "|",
                        "a|b]",
                        "((|]")) {
            assertThat(deepSeek(text)).as(text).isEqualTo(said(spelled(text)));
        }
        String longName = "n".repeat(5000);
        assertThat(deepSeek("[" + longName + "|{}]"))
                .isEqualTo(said(spelled("[" + longName + "|{}]")));
        assertThat(deepSeek("[so [now|{}]")).isEqualTo(said(spelled("[so "), "now", "{}"));
    }

    @Test
    void brokenArgumentsOfDeepSeeksAreAsWritten() {
        assertThat(deepSeek("[now|{\"a\": )")).isEqualTo(said("", "now", "{\"a\":"));
        assertThat(deepSeek("[now|Rome's)")).isEqualTo(said("", "now", "Rome's"));
        assertThat(deepSeek("[now|{} and so)")).isEqualTo(said("", "now", "{} and so"));
        assertThat(deepSeek("[now|{\"a\": \"b")).isEqualTo(said("", "now", "{\"a\": \"b"));
        assertThat(deepSeek("[now|``x)")).isEqualTo(said("", "now", "``x"));
        assertThat(deepSeek("[now|``)")).isEqualTo(said("", "now", "``"));
        assertThat(deepSeek("[now|```jsonx: y```)")).isEqualTo(said("", "now", "```jsonx: y```"));
        assertThat(deepSeek("[now|a|b)"))
                .isEqualTo(said("", "now", "a" + DeepSeekTokens.TOOL_SEP + "b"));
        assertThat(deepSeek("[function|now\n```json\n{\"a\": \"b\n```]\n[weather|{}])"))
                .isEqualTo(said("", "now", "{\"a\": \"b", "weather", "{}"));
    }

    @Test
    void aMarkQuotedInAStringIsText() {
        String quoted = spelled("{\"say\": \"([now|{}]) \\\"]\"}");
        assertThat(Parsed.of(V31, spelled("([now|") + quoted + spelled("])")))
                .isEqualTo(said("", "now", quoted));
        String hermes = "{\"say\": \"<tool_call>{}</tool_call> \\\"</tool_call>\"}";
        assertThat(
                        Parsed.of(
                                HERMES,
                                "<tool_call>{\"name\": \"now\", \"arguments\": "
                                        + hermes
                                        + "}</tool_call>"))
                .isEqualTo(said("", "now", hermes));
    }

    @Test
    void aMarkThatIsATokenIsMeantEvenWithinAString() {
        ByteTokenizer tokens = new ByteTokenizer(DeepSeekCalls.MARKS);
        ToolCallParser parser = ToolCallParser.of(V31, Parsed.TOOLS, tokens, "");
        List<ChatDelta> deltas = new ArrayList<>();
        deltas.addAll(parser.mark(DeepSeekTokens.TOOL_CALL));
        deltas.addAll(parser.accept("now"));
        deltas.addAll(parser.mark(DeepSeekTokens.TOOL_SEP));
        deltas.addAll(parser.accept("{\"a\": \"b"));
        deltas.addAll(parser.mark(DeepSeekTokens.END_TOOL_CALL));
        deltas.addAll(parser.accept("so"));
        assertThat(Said.of(deltas)).isEqualTo(said("so", "now", "{\"a\": \"b"));
    }

    @Test
    void aMarkThatTheVocabularyHasAsATokenCallsNothingSpelledOut() {
        ToolCallParser parser =
                ToolCallParser.of(HERMES, Parsed.TOOLS, new ByteTokenizer(ObjectCalls.MARKS), "");
        String quoted = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
        assertThat(parser.accept(quoted)).containsExactly(new ChatDelta.Answer(quoted));
    }

    private static Said hermes(String object) {
        return Parsed.of(HERMES, "<tool_call>\n" + object + "\n</tool_call>");
    }

    @Test
    void hermesMembersComeInAnyOrderAndOthersAreDropped() {
        assertThat(hermes("{\"arguments\": " + ROME + ", \"name\": \"weather\"}"))
                .isEqualTo(said("", "weather", ROME));
        assertThat(
                        hermes(
                                "{\"id\": 7, \"x\": {\"name\": \"}\"}, \"name\": \"now\", \"t\": null, \"parameters\": [1, \"]\"], \"z\": true}"))
                .isEqualTo(said("", "now", "[1, \"]\"]"));
        assertThat(hermes("{\"name\": \"now\"}")).isEqualTo(said("", "now", "{}"));
        assertThat(hermes("{\"name\": \"n\\u006f\\\"w\\n\\/\\q\\u12\", \"arguments\": 12}"))
                .isEqualTo(said("", "no\"w\n/\\q\\u12", "12"));
        assertThat(hermes("{\"name\":\"\\ud800\",\"arguments\":\"x\"}"))
                .isEqualTo(said("", "?", "\"x\""));
    }

    @Test
    void bracesTooFewOrTooManyDoNoHarm() {
        for (String end : List.of("", "}", "}}", "}\n", ",}", ",", " \n}\n}\n")) {
            assertThat(hermes("{\"name\": \"now\", \"arguments\": {\"a\": 1}" + end))
                    .as(end)
                    .isEqualTo(said("", "now", "{\"a\": 1}"));
        }
        assertThat(hermes("{\"name\": \"now\" \"arguments\": {}}"))
                .isEqualTo(said("", "now", "{}"));
        assertThat(hermes("{\"name\": \"now\"")).isEqualTo(said("", "now", "{}"));
        String open = "<tool_call>{\"name\": \"now\", \"arguments\": {}}\n";
        assertThat(Parsed.of(HERMES, open + open + "so</tool_call>"))
                .isEqualTo(said("\nso", "now", "{}", "now", "{}"));
    }

    @Test
    void textAroundHermesCallsIsContent() {
        String call = "<tool_call>{\"name\": \"now\", \"arguments\": {}}</tool_call>";
        assertThat(Parsed.of(HERMES, "a\n\n" + call + " b " + call + " \n"))
                .isEqualTo(said("a\n b ", "now", "{}", "now", "{}"));
        assertThat(Parsed.of(HERMES, " \n" + call)).isEqualTo(said("", "now", "{}"));
        assertThat(Parsed.of(HERMES, "a\n")).isEqualTo(said("a\n"));
        assertThat(Parsed.of(HERMES, " \n")).isEqualTo(said(" \n"));
    }

    @Test
    void whatIsNoHermesCallIsContent() {
        for (String text :
                List.of(
                        "<tool_call>",
                        "<tool_call> so",
                        "a\n<tool_call> so",
                        "</tool_call>",
                        "a\n</tool_call>",
                        "<tool_call></tool_call>",
                        "<tool_call>{",
                        "<tool_call>{}</tool_call>",
                        "<tool_call>[{\"name\": \"now\"}]</tool_call>",
                        "<tool_call>{\"name\": \"\"}</tool_call>",
                        "<tool_call>{\"name\": 7}",
                        "<tool_call>{\"name\": \"no",
                        "<tool_call>{\"arguments\": {}}</tool_call>",
                        "<tool_call>{\"arguments\": {\"a\"",
                        "<tool_call>{name: \"now\"}</tool_call>",
                        "<tool_call>{\"name\" \"now\"}</tool_call>",
                        "<tool_call><tool_call>")) {
            assertThat(Parsed.of(HERMES, text)).as(text).isEqualTo(said(text));
        }
    }

    @Test
    void brokenArgumentsOfHermesAreAsWritten() {
        assertThat(hermes("{\"name\": \"now\", \"arguments\": {\"a\": \"x\"}\"}}"))
                .isEqualTo(said("", "now", "{\"a\": \"x\"}\"}"));
        assertThat(hermes("{\"name\": \"now\", \"arguments\": city: Rome}"))
                .isEqualTo(said("", "now", "city: Rome"));
        assertThat(hermes("{\"name\": \"now\", \"arguments\": {\"a\": \"b}}"))
                .isEqualTo(said("", "now", "{\"a\": \"b}}\n"));
        assertThat(Parsed.of(HERMES, "<tool_call>{\"name\": \"now\", \"arguments\": {\"a\": \"b"))
                .isEqualTo(said("", "now", "{\"a\": \"b"));
        assertThat(Parsed.of(HERMES, "<tool_call>{\"name\": \"now\", \"argu"))
                .isEqualTo(said("", "now", ""));
    }

    @Test
    void llamasJsonIsACallOnlyFirstAndOfAFunctionOnOffer() {
        for (String text :
                List.of(
                        "{\"name\": \"Bob\", \"parameters\": {}}",
                        "{\"name\": \"now\"}",
                        "{\"name\": \"now\", \"parameters\": 7}",
                        "{\"name\": \"now\", \"age\": 7, \"parameters\": {}}",
                        "{\"title\": \"now\"}",
                        "{\"name\": \"now\", \"parameters\"",
                        "{\"parameters\": {}, \"name\": \"Bob\"}",
                        " {",
                        "; {\"name\": \"now\", \"parameters\": {}}",
                        "I say {\"name\": \"now\", \"parameters\": {}}")) {
            assertThat(Parsed.of(LLAMA3, text)).as(text).isEqualTo(said(text));
        }
        assertThat(Parsed.of(LLAMA3, " {\"parameters\": {}, \"name\": \"now\"} "))
                .isEqualTo(said("", "now", "{}"));
        assertThat(Parsed.of(LLAMA3, "{\"name\": \"now\", \"parameters\": {}}} so {"))
                .isEqualTo(said(" so {", "now", "{}"));
        assertThat(Parsed.of(LLAMA3, "{\"name\": \"now\", \"parameters\": {\"a\": \"x\"}\"}}"))
                .isEqualTo(said("", "now", "{\"a\": \"x\"}\"}"));
        assertThat(
                        Parsed.of(
                                LLAMA3,
                                "{\"name\": \"now\", \"parameters\": {}}\n{\"name\": \"Bob\"}"))
                .isEqualTo(said("\n{\"name\": \"Bob\"}", "now", "{}"));
    }
}
