package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reading by hand against the regular expressions, which are the specification. */
class ScanPropertyTest {
    private static final List<String> TRICKY =
            List.of(
                    " ", " ", "\n", "\r", "\t", "\u00A0", "\u0085", "\u2028", "\u001C", "\u200B",
                    "a", "B", "'", "'s", "'ſ", "'S", "'RE", "'lL", "'v", "1", "٣", "½", "〇", "𝟘",
                    "中", "ー", "・", "゛", "\u3099", "\u3097", "é", "\u0301", "\u0903", "\u20DD", "!",
                    "€", "「", "\u0000", "\u0378", "𠜎", "🦙", "\u200D", "\uE000", "ǅ", "ʰ", "ª",
                    "_", "#x", "ℵ");

    private static String text(SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            return SmallVocabulary.randomText(random, 20);
        }
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(14); left > 0; left--) {
            text.append(TRICKY.get(random.nextInt(TRICKY.size())));
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void piecesEqualThoseOfThePatterns(String name) {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        Cases.forAll(
                4000,
                random -> {
                    String text = text(random);
                    List<String> expected = new ArrayList<>();
                    preTokenizer.splitByPatterns(
                            text,
                            0,
                            text.length(),
                            (from, to) -> expected.add(text.substring(from, to)));
                    assertThat(preTokenizer.split(text)).as(text).isEqualTo(expected);
                });
    }

    /** Cutting a part of a text is cutting that part alone. */
    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void nothingOutsideThePartIsLookedAt(String name) {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        Cases.forAll(
                500,
                random -> {
                    String before = text(random);
                    String text = text(random);
                    String all = before + text + text(random);
                    List<String> pieces = new ArrayList<>();
                    preTokenizer.split(
                            all,
                            before.length(),
                            before.length() + text.length(),
                            (from, to) -> pieces.add(all.substring(from, to)));
                    assertThat(pieces).as(text).isEqualTo(preTokenizer.split(text));
                });
    }
}
