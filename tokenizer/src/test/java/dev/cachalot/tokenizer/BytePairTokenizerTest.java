package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytePairTokenizerTest {
    private final BytePairTokenizer tokenizer = SmallVocabulary.TOKENIZER;
    private final TokenizerSpec small = SmallVocabulary.SPEC;

    @Test
    void addedTokensAreParsedInTrustedTextOnly() {
        assertThat(tokenizer.encode("<think>1</think>"))
                .startsWith(tokenizer.id("<think>").orElseThrow())
                .endsWith(tokenizer.id("</think>").orElseThrow())
                .hasSize(3);
        assertThat(tokenizer.encodePlain("<think>").length).isGreaterThan(1);
    }

    @Test
    void theLongestOfTwoAddedTokensWins() {
        TokenizerSpec spec =
                new BytePairTrainer(258, PreTokenizer.named("gpt-2"), List.of("<a", "<ab"))
                        .train(List.of());
        Tokenizer two = new BytePairTokenizer(spec);
        assertThat(two.encode("<ab<a<abc")).containsExactly(1, 0, 1, 2 + 'c');
        assertThat(two.encode("<")).containsExactly(2 + '<');
    }

    @Test
    void emptyTextHasNoIds() {
        assertThat(tokenizer.encode("")).isEmpty();
        assertThat(tokenizer.encodePlain("")).isEmpty();
        assertThat(tokenizer.decode(new int[0])).isEmpty();
    }

    @Test
    void aLoneSurrogateIsNamedWithItsPlace() {
        for (String text : List.of("ab\uD83D", "ab\uD83Dc", "ab\uDE00", "ab\uDE00\uD83D")) {
            assertThatThrownBy(() -> tokenizer.encode(text))
                    .isInstanceOf(InvalidTextException.class)
                    .hasMessageContaining("lone surrogate U+D")
                    .hasMessageContaining("at index 2 of");
            assertThatThrownBy(() -> tokenizer.encodePlain(text))
                    .isInstanceOf(InvalidTextException.class);
        }
    }

    @Test
    void idsOutOfRangeAreNamed() {
        for (int id : new int[] {-1, tokenizer.vocabSize(), Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> tokenizer.decode(new int[] {id}))
                    .isInstanceOf(InvalidTokenIdException.class)
                    .hasMessageContaining("token id " + id + " is outside");
            assertThatThrownBy(() -> tokenizer.isSpecial(id))
                    .isInstanceOf(InvalidTokenIdException.class);
        }
    }

    @Test
    void threadsThatShareATokenizerGetTheSameIds() {
        List<String> texts = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 4000; i++) {
            texts.add(SmallVocabulary.randomText(random, 20));
        }
        List<int[]> alone = texts.stream().map(new BytePairTokenizer(small)::encode).toList();
        BytePairTokenizer shared = new BytePairTokenizer(small);
        List<int[]> together = texts.parallelStream().map(shared::encode).toList();
        for (int i = 0; i < texts.size(); i++) {
            assertThat(together.get(i)).isEqualTo(alone.get(i));
        }
    }

    @Test
    void anAddedTokensBytesAreItsText() {
        int user = tokenizer.id(DeepSeekTokens.USER).orElseThrow();
        assertThat(new String(tokenizer.bytes(user), StandardCharsets.UTF_8)).isEqualTo("<｜User｜>");
        assertThat(tokenizer.isSpecial(user)).isTrue();
        assertThat(tokenizer.id("<|User|>")).isEmpty();
        assertThat(tokenizer.bosId()).hasValue(0);
        assertThat(tokenizer.eosId()).hasValue(1);
    }

    @Test
    void aWholeWordIsTakenWhenMergesMayBeIgnored() {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteSpelling.of(b)));
        }
        tokens.add("word");
        assertThat(encodeWord("llama-bpe", tokens)).containsExactly(256);
        assertThat(encodeWord("gpt-2", tokens)).hasSize(4);
    }

    @Test
    void aMergeThatSpellsAnAddedTokenIsLeftOut() {
        List<String> tokens = new ArrayList<>(small.tokens().subList(9, 9 + 256));
        tokens.add("ab");
        Tokenizer spelled =
                new BytePairTokenizer(
                        TokenizerSpec.of(
                                "gpt-2",
                                tokens,
                                List.of("a b"),
                                List.of(new AddedToken(256, "ab", false)),
                                OptionalInt.empty(),
                                OptionalInt.empty()));
        assertThat(spelled.encodePlain("ab")).containsExactly('a', 'b');
        assertThat(spelled.encode("ab")).containsExactly(256);
    }

    private static int[] encodeWord(String preTokenizer, List<String> tokens) {
        return new BytePairTokenizer(
                        TokenizerSpec.of(
                                preTokenizer,
                                tokens,
                                List.of(),
                                List.of(),
                                OptionalInt.empty(),
                                OptionalInt.empty()))
                .encode("word");
    }

    @Test
    void aContradictoryDescriptionIsNamed() {
        List<String> doubled = new ArrayList<>(small.tokens());
        doubled.add("Z");
        checkRefused("cachalot", doubled, List.of(), "token 'Z' has two ids");
        checkRefused(
                "cachalot", small.tokens().subList(9, 100), List.of(), "no token for the byte");
        List<String> odd = new ArrayList<>(small.tokens().subList(9, 300));
        odd.add("中");
        checkRefused("cachalot", odd, List.of(), "has U+4E2D at index 0, which spells no byte");
        checkRefused(
                "cachalot",
                small.tokens(),
                List.of(new AddedToken(900, "x", true)),
                "'x': id is 900; expected 0");
        checkRefused(
                "cachalot",
                small.tokens(),
                List.of(new AddedToken(0, "x", true)),
                "added token 0 is 'x'");
        AddedToken bos = small.addedTokens().getFirst();
        checkRefused(
                "cachalot",
                small.tokens(),
                List.of(bos, bos),
                "id 0 is declared by two added tokens");
        checkRefused(
                "deepseek-v33",
                small.tokens(),
                List.of(),
                "'deepseek-v33' is not known; expected one of [cachalot");
        assertThatThrownBy(() -> small.withAddedToken(new AddedToken(300, "x", true)))
                .hasMessageContaining("no added token has id 300");
        assertThatThrownBy(() -> small.withAddedToken(new AddedToken(0, "Z", true)))
                .hasMessageContaining("token 'Z' has two ids");
        assertThatThrownBy(() -> new AddedToken(0, "", true)).hasMessageContaining("empty text");
    }

    private static void checkRefused(
            String preTokenizer, List<String> tokens, List<AddedToken> added, String message) {
        assertThatThrownBy(
                        () ->
                                new BytePairTokenizer(
                                        TokenizerSpec.of(
                                                preTokenizer,
                                                tokens,
                                                List.of(),
                                                added,
                                                OptionalInt.empty(),
                                                OptionalInt.empty())))
                .isInstanceOf(TokenizerFormatException.class)
                .hasMessageContaining(message);
    }
}
