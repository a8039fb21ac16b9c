package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
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

    /**
     * Every character of the first two planes, assigned or not, and the edges of long ranges and of
     * the other planes in use, between neighbours of every kind.
     */
    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void everyCharacterIsCutAsThePatternsSay(String name) {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        for (String around :
                List.of("a_b", " _ x", "1_2", "!_?", "\n_\r", "中__ー", "'_s ", "\u0301_")) {
            StringBuilder written = new StringBuilder();
            for (int c = 0; c <= 0xE01F0; c = next(c)) {
                if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                    written.append(around.replace("_", Character.toString(c)));
                }
            }
            String text = written.toString();
            IdBuffer ends = new IdBuffer();
            preTokenizer.split(text, 0, text.length(), (_, to) -> ends.add(to));
            IdBuffer expected = new IdBuffer();
            preTokenizer.splitByPatterns(text, 0, text.length(), (_, to) -> expected.add(to));
            int differs = Arrays.mismatch(ends.toArray(), expected.toArray());
            if (differs >= 0) {
                int at = ends.toArray()[differs];
                fail(
                        "cut at %d in '%s', the patterns cut at %d",
                        at, text.substring(at - 4, at + 4), expected.toArray()[differs]);
            }
        }
    }

    private static int next(int c) {
        return switch (c) {
            case 0x4E80 -> 0x9F80; // nothing but Han between
            case 0xAC40 -> 0xD780; // Hangul
            case 0x2007F -> 0x2A6D0;
            case 0x2A750 -> 0x2F9F0;
            case 0x3000F -> 0x32390;
            case 0x323C0 -> 0xE0000;
            default -> c + 1;
        };
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
