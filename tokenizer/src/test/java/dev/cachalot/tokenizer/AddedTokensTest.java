package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.tokenizer.AddedToken.Matching;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The flags mean what Hugging Face's tokenizers library makes of them. */
class AddedTokensTest {
    private static List<String> parts(String text, AddedToken... tokens) {
        List<String> parts = new ArrayList<>();
        new AddedTokens(List.of(tokens), part -> Normalizer.normalize(part, Normalizer.Form.NFC))
                .split(
                        text,
                        new AddedTokens.Sink() {
                            @Override
                            public void plain(String part, int from, int to) {
                                parts.add(part.substring(from, to));
                            }

                            @Override
                            public void added(int id) {
                                parts.add("#" + id);
                            }
                        });
        return parts;
    }

    private static AddedToken token(int id, String text, Matching matching) {
        return new AddedToken(id, text, false, matching);
    }

    @Test
    void strippingTakesTheSpaceBesideTheToken() {
        AddedToken left = token(1, "<l>", new Matching(false, true, false, false));
        AddedToken right = token(2, "<r>", new Matching(false, false, true, false));
        assertThat(parts("a  <l> b <r> \n\u00A0c", left, right))
                .containsExactly("a", "#1", " b ", "#2", "c");
        assertThat(parts("<r>  <l>", left, right)).containsExactly("#2", "#1");
        assertThat(parts("  <l><l>", left, right)).containsExactly("#1", "#1");
    }

    @Test
    void aSingleWordIsTouchedByNoWord() {
        AddedToken word = token(1, "ab", new Matching(true, false, false, false));
        assertThat(parts("ab cab abc ab_ ab, \u00E9ab abab", word))
                .containsExactly("#1", " cab abc ab_ ", "#1", ", \u00E9ab abab");
    }

    @Test
    void normalizedTokensAreLookedForInTheNormalFormAfterTheOthers() {
        AddedToken normal = token(1, "\u00E9x", new Matching(false, false, false, true));
        AddedToken exact = token(2, "e\u0301x", Matching.EXACT);
        assertThat(parts("\u00E9x e\u0301x", normal)).containsExactly("#1", " ", "#1");
        assertThat(parts("\u00E9x e\u0301x", normal, exact)).containsExactly("#1", " ", "#2");
        assertThat(parts("e\u0301x", token(1, "e\u0301x", new Matching(false, false, false, true))))
                .containsExactly("#1");
    }

    @Test
    void theLeftmostLongestCounts() {
        List<AddedToken> tokens = new ArrayList<>();
        for (String text : List.of("<a", "<ab>", "b>c")) {
            tokens.add(token(tokens.size(), text, Matching.EXACT));
        }
        AddedToken[] all = tokens.toArray(AddedToken[]::new);
        assertThat(parts("<ab>c", all)).containsExactly("#1", "c");
        assertThat(parts("<ab", all)).containsExactly("#0", "b");
        assertThat(parts("xb>c", all)).containsExactly("x", "#2");
    }

    @Test
    void manyHalfMatchesAreNotQuadratic() {
        AddedTokens tokens =
                new AddedTokens(
                        List.of(
                                token(1, "<".repeat(500) + "x", Matching.EXACT),
                                token(2, " y", new Matching(true, true, true, false))),
                        UnaryOperator.identity());
        for (String unit : List.of("<", " ", " y", "y")) {
            String text = unit.repeat(200_000);
            Linear.within(
                    2,
                    () -> {
                        List<Integer> seen = new ArrayList<>();
                        tokens.split(
                                text,
                                new AddedTokens.Sink() {
                                    @Override
                                    public void plain(String part, int from, int to) {
                                        seen.add(to - from);
                                    }

                                    @Override
                                    public void added(int id) {
                                        seen.add(id);
                                    }
                                });
                        return seen;
                    });
        }
    }
}
