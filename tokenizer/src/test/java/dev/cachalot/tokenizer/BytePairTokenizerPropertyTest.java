package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytePairTokenizerPropertyTest {
    private final BytePairTokenizer tokenizer = SmallVocabulary.TOKENIZER;

    @Test
    void decodingTheIdsOfATextGivesTheText() {
        Cases.forAll(
                2000,
                random -> {
                    String text = SmallVocabulary.randomText(random, 30);
                    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
                    assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(text);
                });
    }

    @Test
    void plainTextNeverYieldsAnAddedToken() {
        Set<Integer> added = new HashSet<>();
        SmallVocabulary.SPEC.addedTokens().forEach(token -> added.add(token.id()));
        Cases.forAll(
                2000,
                random -> {
                    int[] ids = tokenizer.encodePlain(SmallVocabulary.randomText(random, 30));
                    assertThat(Arrays.stream(ids).boxed()).doesNotContainAnyElementsOf(added);
                });
    }

    /** The slow twin: after each merge, look for the lowest rank again. */
    @Test
    void idsEqualThoseOfTheQuadraticMethod() {
        SlowTwin twin = new SlowTwin(SmallVocabulary.SPEC);
        Cases.forAll(
                1000,
                random -> {
                    String text = SmallVocabulary.randomText(random, 30);
                    assertThat(tokenizer.encodePlain(text)).isEqualTo(twin.encode(text));
                });
    }

    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void piecesTogetherAreTheText(String name) {
        PreTokenizer preTokenizer = PreTokenizer.named(name);
        Cases.forAll(
                500,
                random -> {
                    String text = SmallVocabulary.randomText(random, 30);
                    assertThat(String.join("", preTokenizer.split(text))).isEqualTo(text);
                    assertThat(preTokenizer.split(text)).doesNotContain("");
                });
    }

    /**
     * Each of these is quadratic in some method: a thousand times slower, while two seconds allow
     * for ten.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"a", " ", "\n", "1", "!", "中", "<", "<think", " \n", "a ", "🦙", "\u0301"})
    void aMegabyteOfOneThingTakesUnderTwoSeconds(String unit) {
        check(tokenizer, unit.repeat((1 << 20) / unit.length()) + "x");
    }

    @ParameterizedTest
    @MethodSource("dev.cachalot.tokenizer.PreTokenizer#names")
    void noPreTokenizerIsQuadratic(String name) {
        TokenizerSpec spec = SmallVocabulary.SPEC;
        Tokenizer other =
                new BytePairTokenizer(
                        TokenizerSpec.of(
                                name,
                                spec.tokens(),
                                spec.merges(),
                                spec.addedTokens(),
                                spec.bosId(),
                                spec.eosId()));
        for (String unit : new String[] {"a", " ", "\n", "1", "!", "中", "\u0301"}) {
            check(other, unit.repeat(1 << 17) + "x");
            check(other, unit.repeat(1 << 17) + "1"); // a digit is taken last in some lists
        }
    }

    private static void check(Tokenizer tokenizer, String text) {
        int[] ids = Linear.within(2, () -> tokenizer.encode(text));
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
}
