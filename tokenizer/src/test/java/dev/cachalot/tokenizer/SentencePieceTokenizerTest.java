package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentencePieceTokenizerTest {
    private static final List<String> FRAGMENTS =
            List.of(
                    " ", "  ", "t", "h", "e", "the", "cat", "a", "aa", "b", "ab", "xy", "x", "y",
                    "c", "on", "中", "文", "语", "🦙", "🦙🦙🦙", "é", "e\u0301", "1", "2", "12", "\n",
                    "\n\n", "\t", "s", "<0x41>", "<unk", "\u0000");

    private static String randomText(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(20); left > 0; left--) {
            text.append(FRAGMENTS.get(random.nextInt(FRAGMENTS.size())));
        }
        return text.toString();
    }

    @Test
    void idsEqualThoseOfTheQuadraticMethod() {
        SentencePieceSpec spec = SmallSentencePiece.spec(SpacePrefix.EVERY_PART);
        Tokenizer tokenizer = spec.tokenizer();
        SlowPieces slowly = new SlowPieces(spec);
        Cases.forAll(
                1000,
                random -> {
                    String text = randomText(random);
                    int[] expected = text.isEmpty() ? new int[0] : slowly.encode(text);
                    assertThat(tokenizer.encodePlain(text)).as(text).isEqualTo(expected);
                });
    }

    @ParameterizedTest
    @EnumSource
    void decodingTheIdsOfATextGivesTheText(SpacePrefix prefix) {
        Tokenizer tokenizer = SmallSentencePiece.tokenizer(prefix);
        Cases.forAll(
                500,
                random -> {
                    String text = randomText(random);
                    boolean toldApart =
                            prefix == SpacePrefix.NEVER
                                    || prefix == SpacePrefix.EVERY_PART
                                    || !text.startsWith(" ");
                    if (toldApart) {
                        assertThat(tokenizer.decode(tokenizer.encodePlain(text))).isEqualTo(text);
                    }
                    String marked = text.strip() + "<s>" + randomText(random).strip() + "</s>";
                    assertThat(tokenizer.decode(tokenizer.encode(marked))).isEqualTo(marked);
                });
    }

    @ParameterizedTest
    @EnumSource
    void streamedPiecesAreWholeCharactersAndTogetherTheText(SpacePrefix prefix) {
        Tokenizer tokenizer = SmallSentencePiece.tokenizer(prefix);
        Cases.forAll(
                500,
                random -> {
                    String text = randomText(random) + "<s>" + randomText(random);
                    int[] ids = tokenizer.encode(text);
                    StreamingDecoder decoder = new StreamingDecoder(tokenizer);
                    StringBuilder all = new StringBuilder();
                    for (int id : ids) {
                        String piece = decoder.accept(id);
                        assertThat(piece).doesNotContain("\uFFFD");
                        assertThat(InvalidTextException.loneSurrogate(piece)).isNegative();
                        all.append(piece);
                    }
                    assertThat(decoder.flush()).isEmpty();
                    assertThat(all.toString()).isEqualTo(tokenizer.decode(ids));
                });
    }

    @Test
    void spacesArePutWhereTheRuleSays() {
        assertThat(tokens(SpacePrefix.EVERY_PART, "the<s>the"))
                .containsExactly("▁the", "<s>", "▁the");
        assertThat(tokens(SpacePrefix.EVERY_PART, " the")).containsExactly("▁", "▁the");
        assertThat(tokens(SpacePrefix.EVERY_PART_WITHOUT, " the<s> the"))
                .containsExactly("▁the", "<s>", "▁the");
        assertThat(tokens(SpacePrefix.FIRST_PART_WITHOUT, "the<s>the"))
                .containsExactly("▁the", "<s>", "the");
        assertThat(tokens(SpacePrefix.FIRST_PART_WITHOUT, "<s>the")).containsExactly("<s>", "the");
        assertThat(tokens(SpacePrefix.NEVER, "the<s>the")).containsExactly("the", "<s>", "the");
        assertThat(tokens(SpacePrefix.EVERY_PART, "")).isEmpty();
    }

    private static List<String> tokens(SpacePrefix prefix, String text) {
        return Arrays.stream(SmallSentencePiece.tokenizer(prefix).encode(text))
                .mapToObj(SmallSentencePiece.TOKENS::get)
                .toList();
    }

    @Test
    void whatHasNoTokenIsSpelledInBytes() {
        assertThat(tokens(SpacePrefix.NEVER, "语x\t"))
                .containsExactly("<0xE8>", "<0xAF>", "<0xAD>", "<0x78>", "<0x09>");
    }

    /** Llama 2's tokenizer.json tells by ranks what tokenizer.model tells by scores. */
    @Test
    void mergingByRankIsMergingByScore() {
        SentencePieceSpec byScore = SmallSentencePiece.spec(SpacePrefix.NEVER);
        SentencePieceSpec byRank =
                with(byScore, new SentencePieceSpec.ByRank(distinct(byScore).merges()));
        SentencePieceSpec back = with(byRank, new SentencePieceSpec.ByScore(byRank.scores()));
        Tokenizer expected = distinct(byScore).tokenizer();
        Tokenizer ranked = byRank.tokenizer();
        Tokenizer again = back.tokenizer();
        Cases.forAll(
                200,
                random -> {
                    String text = randomText(random).replace("x", ""); // ranks need tokens
                    assertThat(ranked.encode(text)).isEqualTo(expected.encode(text));
                    assertThat(again.encode(text)).isEqualTo(expected.encode(text));
                });
    }

    private static SentencePieceSpec distinct(SentencePieceSpec spec) {
        List<Float> scores = new ArrayList<>();
        for (int id = 0; id < spec.tokens().size(); id++) {
            scores.add(-(float) id);
        }
        return with(spec, new SentencePieceSpec.ByScore(scores));
    }

    private static SentencePieceSpec with(
            SentencePieceSpec spec, SentencePieceSpec.MergeOrder order) {
        return new SentencePieceSpec(
                spec.tokens(),
                order,
                spec.addedTokens(),
                spec.spacePrefix(),
                spec.unknownId(),
                spec.bosId(),
                spec.eosId(),
                spec.addsBos());
    }

    @Test
    void aPlainTextGivesNoAddedAndNoByteTokenItSpells() {
        Tokenizer tokenizer = SmallSentencePiece.tokenizer(SpacePrefix.NEVER);
        assertThat(tokenizer.encodePlain("<s>").length).isGreaterThan(1);
        assertThat(tokenizer.encode("<0x41>").length).isGreaterThan(1);
    }

    @Test
    void contradictionsAreNamed() {
        refused(tokens -> tokens.remove("<0x41>"), "no token '<0x41>'");
        refused(tokens -> tokens.add("the"), "token 'the' has two ids");
        refused(
                tokens -> tokens.add("a".repeat(10_000)),
                "has 10000 characters; expected at most 256");
        refused(tokens -> tokens.add("a\uD83D"), "half a surrogate pair");
        SentencePieceSpec spec = SmallSentencePiece.spec(SpacePrefix.NEVER);
        List<Float> scores = new ArrayList<>(spec.scores());
        scores.set(7, Float.NaN);
        assertThatThrownBy(() -> with(spec, new SentencePieceSpec.ByScore(scores)))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining("the score of token 7 is not a number");
        assertThatThrownBy(() -> with(spec, new SentencePieceSpec.ByScore(List.of(1f))))
                .hasMessageContaining("1 scores for 306 tokens");
        assertThatThrownBy(
                        () ->
                                with(spec, new SentencePieceSpec.ByRank(List.of("t h", "t q")))
                                        .tokenizer())
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining("merge 1 ('t q') needs the token 'tq'");
        assertThatThrownBy(
                        () -> with(spec, new SentencePieceSpec.ByRank(List.of("th"))).tokenizer())
                .hasMessageContaining("merge 0 is 'th'");
    }

    private static void refused(Consumer<List<String>> damage, String message) {
        List<String> tokens = new ArrayList<>(SmallSentencePiece.TOKENS);
        damage.accept(tokens);
        assertThatThrownBy(
                        () ->
                                new SentencePieceSpec(
                                                tokens,
                                                new SentencePieceSpec.ByScore(
                                                        tokens.stream().map(_ -> 0f).toList()),
                                                List.of(),
                                                SpacePrefix.NEVER,
                                                OptionalInt.empty(),
                                                OptionalInt.empty(),
                                                OptionalInt.empty(),
                                                false)
                                        .tokenizer())
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "1", "中", "ab", "🦙", "\u0301", "the ", "xy"})
    void aMegabyteOfOneThingTakesUnderTwoSeconds(String unit) {
        Tokenizer tokenizer = SmallSentencePiece.tokenizer(SpacePrefix.EVERY_PART);
        String text = unit.repeat((1 << 20) / unit.length());
        int[] ids = Linear.within(2, () -> tokenizer.encode(text));
        assertThat(tokenizer.decode(ids)).isEqualTo(text);
    }
}
