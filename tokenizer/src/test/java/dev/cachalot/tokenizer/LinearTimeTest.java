package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Twice the text takes about twice the time, whatever the text: quadratic work takes four times.
 */
class LinearTimeTest {
    private static final TokenizerSpec SMALL = SmallVocabulary.SPEC;

    /** With all rules on: normal form C, and whole words beside merges. */
    private static final Tokenizer BYTE_LEVEL =
            new TokenizerSpec(
                            "qwen2",
                            SMALL.tokens(),
                            SMALL.merges(),
                            SMALL.addedTokens(),
                            SMALL.bosId(),
                            SMALL.eosId(),
                            new TokenizerSpec.Rules(true, true, true))
                    .tokenizer();

    static Stream<String> units() {
        return Stream.of(
                "a",
                " ",
                "1",
                "\n",
                "中",
                "\u0301",
                "\u0301\u0327",
                "👩\u200D👩\u200D👧",
                "ab",
                "! ",
                "<s",
                "\u1161");
    }

    @ParameterizedTest
    @MethodSource("units")
    void byteLevelTimeGrowsWithTheText(String unit) {
        check(BYTE_LEVEL, unit);
    }

    @ParameterizedTest
    @MethodSource("units")
    void sentencePieceTimeGrowsWithTheText(String unit) {
        check(SmallSentencePiece.tokenizer(SpacePrefix.EVERY_PART), unit);
    }

    private static void check(Tokenizer tokenizer, String unit) {
        String text = "a" + unit.repeat((1 << 17) / unit.length());
        double ratio = Double.MAX_VALUE;
        for (int round = 0; round < 5 && ratio >= 3; round++) { // the first ones are not compiled
            double once = Linear.best(3, () -> tokenizer.encode(text));
            double twice = Linear.best(3, () -> tokenizer.encode(text + text));
            ratio = twice / once;
        }
        assertThat(ratio).as("time of twice the text").isLessThan(3);
    }
}
