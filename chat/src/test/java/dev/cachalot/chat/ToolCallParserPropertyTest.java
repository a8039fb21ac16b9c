package dev.cachalot.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import dev.cachalot.tokenizer.ToolCall;
import dev.cachalot.tokenizer.ToolCallForm;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallParserPropertyTest {
    /** Calls well written and not, and everything they consist of. */
    private static String text(ToolCallForm form, SplittableRandom random) {
        StringBuilder text = new StringBuilder(Cuts.mix(RandomCalls.PIECES, 4, random));
        for (int n = random.nextInt(3); n > 0; n--) {
            ToolCall call = RandomCalls.call(random);
            String written =
                    switch (form) {
                        case DEEPSEEK_V3 ->
                                "<｜tool▁call▁begin｜>function<｜tool▁sep｜>%s\n```json\n%s\n```<｜tool▁call▁end｜>";
                        case DEEPSEEK_V31 -> "<｜tool▁call▁begin｜>%s<｜tool▁sep｜>%s<｜tool▁call▁end｜>";
                        case HERMES ->
                                "<tool_call>\n{\"name\": \"%s\", \"arguments\": %s}\n</tool_call>";
                        case LLAMA3, NONE -> "{\"name\": \"%s\", \"parameters\": %s}";
                    };
            String whole = written.formatted(call.name(), call.arguments());
            if (random.nextInt(3) == 0) { // broken: something missing or more
                int at = random.nextInt(whole.length());
                int to = Math.min(whole.length(), at + random.nextInt(5));
                whole =
                        whole.substring(0, at)
                                + Cuts.mix(RandomCalls.PIECES, 2, random)
                                + whole.substring(to);
            }
            text.append(whole).append(Cuts.mix(RandomCalls.PIECES, 2, random));
        }
        // a cut may have gone through a character
        return new String(text.toString().getBytes(UTF_8), UTF_8);
    }

    @ParameterizedTest
    @EnumSource(ToolCallForm.class)
    void anyCutGivesTheSameCallsAndContent(ToolCallForm form) {
        Cases.forAll(
                1500,
                random -> {
                    String text = text(form, random);
                    List<ChatDelta> whole = Parsed.deltas(form, List.of(text));
                    List<ChatDelta> cut = Parsed.deltas(form, Cuts.of(text, random));
                    assertThat(joined(cut)).as("'%s'", text).isEqualTo(joined(whole));
                });
    }

    /** Pieces of one kind in a row put together, so that the order still shows. */
    private static List<ChatDelta> joined(List<ChatDelta> deltas) {
        List<ChatDelta> joined = new ArrayList<>();
        for (ChatDelta delta : deltas) {
            ChatDelta last = joined.isEmpty() ? null : joined.getLast();
            if (last instanceof ChatDelta.Answer(String a)
                    && delta instanceof ChatDelta.Answer(String b)) {
                joined.set(joined.size() - 1, new ChatDelta.Answer(a + b));
            } else if (last instanceof ChatDelta.ToolCallArguments(int i, String a)
                    && delta instanceof ChatDelta.ToolCallArguments(int _, String b)) {
                joined.set(joined.size() - 1, new ChatDelta.ToolCallArguments(i, a + b));
            } else {
                joined.add(delta);
            }
        }
        return joined;
    }

    @ParameterizedTest
    @EnumSource(ToolCallForm.class)
    void whatIsSaidStandsInTheTextInItsOrder(ToolCallForm form) {
        Cases.forAll(
                1500,
                random -> {
                    String text = text(form, random);
                    int at = 0;
                    for (ChatDelta delta : Parsed.deltas(form, Cuts.of(text, random))) {
                        // names come without escapes; {} may stand for arguments left out
                        if (delta instanceof ChatDelta.ToolCallBegin
                                || (delta instanceof ChatDelta.ToolCallArguments
                                        && delta.text().equals("{}"))) {
                            continue;
                        }
                        for (char c : delta.text().toCharArray()) {
                            int next = text.indexOf(c, at);
                            assertThat(next).as("%s in '%s'", delta, text).isNotNegative();
                            at = next + 1;
                        }
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(ToolCallForm.class)
    void withoutACallNothingIsLost(ToolCallForm form) {
        Cases.forAll(
                3000,
                random -> {
                    String text = Cuts.mix(RandomCalls.PIECES, 12, random);
                    Said said = Said.of(Parsed.deltas(form, Cuts.of(text, random)));
                    if (said.calls().isEmpty()) {
                        assertThat(said.answer()).isEqualTo(text);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource(ToolCallForm.class)
    @Timeout(
            value = 120,
            threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a quadratic one takes hours
    void hostileTextTakesLinearTime(ToolCallForm form) {
        for (String piece : RandomCalls.PIECES) {
            for (String before :
                    List.of(
                            "",
                            "<｜tool▁call▁begin｜>",
                            "<｜tool▁call▁begin｜>function<｜tool▁sep｜>",
                            "<｜tool▁call▁begin｜>now<｜tool▁sep｜>",
                            "<｜tool▁call▁begin｜>now<｜tool▁sep｜>{\"",
                            "<tool_call>",
                            "<tool_call>{\"name\": \"",
                            "<tool_call>{\"arguments\": {\"",
                            "<tool_call>{\"name\": \"now\", \"arguments\": x ",
                            "{\"parameters\": {\"")) {
                ToolCallParser parser = Parsed.parser(form);
                parser.accept(before);
                String many = piece.repeat(8192 / piece.length());
                for (int i = 0; i < 3; i++) {
                    parser.accept(many);
                }
                parser.finish();
            }
        }
    }

    @ParameterizedTest
    @Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @ValueSource(
            strings = {
                " ",
                "<tool_call>{\"arguments\": {\"",
                "<tool_call>{\"x\": \"",
                "{\"parameters\": {\"",
                "{\"name\": \"now\", \"parameters\": {}} ",
                "<｜tool▁calls▁begin｜> ",
                "<｜tool▁call▁begin｜>now<｜tool▁sep｜>x "
            })
    void whatIsHeldBackIsBounded(String before) {
        for (ToolCallForm form : ToolCallForm.values()) {
            ToolCallParser parser = Parsed.parser(form);
            parser.accept(before);
            String many = (before.endsWith(" ") ? " " : "a").repeat(1 << 16);
            long held = 0;
            for (int i = 0; i < 40; i++) {
                held += many.length() - length(parser.accept(many));
            }
            assertThat(held).as("%s", form).isLessThanOrEqualTo(CallGrammar.LIMIT);
        }
    }

    private static long length(List<ChatDelta> deltas) {
        return deltas.stream().mapToLong(delta -> delta.text().length()).sum();
    }
}
