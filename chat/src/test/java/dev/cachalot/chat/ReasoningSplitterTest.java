package dev.cachalot.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasoningSplitterTest {
    private static final List<String> WORDS =
            List.of(
                    "<think>",
                    "</think>",
                    "<th",
                    "</",
                    "think>",
                    "<",
                    ">",
                    "a",
                    "bc",
                    " ",
                    "\n",
                    "\u6c34",
                    "\ud83d\udc33");

    private static Said split(boolean opened, List<String> pieces) {
        ReasoningSplitter splitter = new ReasoningSplitter(opened);
        List<ChatDelta> out = new ArrayList<>();
        pieces.forEach(piece -> out.addAll(splitter.accept(piece)));
        out.addAll(splitter.finish());
        assertThat(out).extracting(ChatDelta::text).doesNotContain("");
        return Said.of(out);
    }

    @ParameterizedTest(name = "opened {0}: ''{1}''")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            nullValues = "-",
            quoteCharacter = '"',
            value = {
                "true,so it is</think>42,so it is,42",
                "true,\" \nso</think>\n\n42 \",so,\"42 \"",
                "true,<think>so</think>42,so,42",
                "true,so</think></think>42,so,42",
                "true,a <think> b</think>42,a <think> b,42",
                "true,so</think>write </think> after,so,write </think> after",
                "true,never ends </thin,never ends </thin,\"\"",
                "true,<thin,<thin,\"\"",
                "true,</think>42,\"\",42",
                "true,\"\",\"\",\"\"",
                "false,42,\"\",42",
                "false,\" 42\",\"\",\" 42\"",
                "false,<think>so</think>42,so,42",
                "false,\"\n<think>so</think>42\",so,42",
                "false,</think>42,\"\",42",
                "false,what <think> and </think> do,\"\",what <think> and </think> do",
                "false,<thin,\"\",<thin",
            })
    void marksTellThinkingFromAnswer(boolean opened, String text, String reasoning, String answer) {
        assertThat(split(opened, List.of(text))).isEqualTo(new Said(reasoning, answer));
    }

    @Test
    void anyCutGivesTheSameSplit() {
        Cases.forAll(
                3000,
                random -> {
                    boolean opened = random.nextBoolean();
                    String text = Cuts.mix(WORDS, 8, random);
                    assertThat(split(opened, Cuts.of(text, random)))
                            .as("'%s'", text)
                            .isEqualTo(split(opened, List.of(text)));
                });
    }

    @Test
    void nothingButMarksAndLeadingSpaceIsLost() {
        Cases.forAll(
                1000,
                random -> {
                    String text = Cuts.mix(WORDS, 8, random);
                    Said said = split(random.nextBoolean(), Cuts.of(text, random));
                    assertThat(bare(said.reasoning() + said.answer())).isEqualTo(bare(text));
                });
    }

    private static String bare(String text) {
        return text.replaceAll("[</think>\\s]", "");
    }

    @Test
    void textIsHeldOnlyWhileItMayBeAMark() {
        ReasoningSplitter splitter = new ReasoningSplitter(true);
        assertThat(Said.of(splitter.accept("five </"))).isEqualTo(new Said("five ", ""));
        assertThat(Said.of(splitter.accept("b> so"))).isEqualTo(new Said("</b> so", ""));
    }
}
