package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BytePairTrainerTest {
    private static final PreTokenizer GPT_2 = PreTokenizer.named("gpt-2");

    @Test
    void theMostFrequentPairComesFirstAndTiesGoBySpelling() {
        TokenizerSpec spec =
                new BytePairTrainer(260, GPT_2, List.of()).train(List.of("zy zy ab ab cd"));
        // " ab" twice and " zy" once leave ab and zy at 2 each; cd occurs once and is no token
        assertThat(spec.merges()).containsExactly("a b", "z y", "Ġ ab");
        assertThat(spec.tokens()).hasSize(259).endsWith("ab", "zy", "Ġab");
    }

    @Test
    void theOrderOfTheTextsDoesNotMatter() {
        Cases.forAll(
                20,
                random -> {
                    List<String> texts = randomTexts(random);
                    TokenizerSpec spec = train(texts);
                    Collections.shuffle(texts, new Random(random.nextLong()));
                    assertThat(train(texts)).isEqualTo(spec);
                });
    }

    /** The slow twin: count every pair of every word again for every merge. */
    @Test
    void mergesEqualThoseOfCountingAnew() {
        Cases.forAll(
                20,
                random -> {
                    List<String> texts = randomTexts(random);
                    assertThat(train(texts).merges()).isEqualTo(mergesByCountingAnew(texts, 40));
                });
    }

    private static TokenizerSpec train(List<String> texts) {
        return new BytePairTrainer(256 + 40, GPT_2, List.of()).train(texts.stream());
    }

    private static List<String> randomTexts(SplittableRandom random) {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            StringBuilder text = new StringBuilder();
            for (int left = random.nextInt(20); left > 0; left--) {
                text.append("aaab  é".charAt(random.nextInt(7)));
            }
            texts.add(text.toString());
        }
        return texts;
    }

    private static List<String> mergesByCountingAnew(List<String> texts, int tokens) {
        Map<String, Integer> ranks = new HashMap<>();
        List<String> merges = new ArrayList<>();
        List<String> known = new ArrayList<>();
        while (known.size() < tokens) {
            Map<String, Integer> counts = new HashMap<>();
            for (String text : texts) {
                for (String piece : GPT_2.split(text)) {
                    List<String> symbols = SlowTwin.merge(piece, ranks);
                    for (int i = 1; i < symbols.size(); i++) {
                        counts.merge(symbols.get(i - 1) + " " + symbols.get(i), 1, Integer::sum);
                    }
                }
            }
            String best = "";
            for (Map.Entry<String, Integer> pair : counts.entrySet()) {
                int bestCount = counts.getOrDefault(best, 1);
                if (pair.getValue() > bestCount
                        || (pair.getValue() == bestCount
                                && bestCount > 1
                                && pair.getKey().compareTo(best) < 0)) {
                    best = pair.getKey();
                }
            }
            if (best.isEmpty()) {
                return merges;
            }
            ranks.put(best, merges.size());
            merges.add(best);
            String token = best.replace(" ", "");
            if (!known.contains(token)) {
                known.add(token);
            }
        }
        return merges;
    }

    @Test
    void noMergeSpellsAnAddedToken() {
        TokenizerSpec spec =
                new BytePairTrainer(300, GPT_2, List.of("think"))
                        .train(Collections.nCopies(9, "think thinking"));
        Tokenizer tokenizer = new BytePairTokenizer(spec);
        assertThat(tokenizer.decode(tokenizer.encodePlain("thinking"))).isEqualTo("thinking");
        assertThat(tokenizer.encodePlain("think")).doesNotContain(0);
        assertThat(tokenizer.encode("think")).containsExactly(0);
    }

    @Test
    void digitsStaySingleWithOurPattern() {
        TokenizerSpec spec =
                new BytePairTrainer(300, PreTokenizer.named("cachalot"), List.of())
                        .train(Collections.nCopies(9, "123 123 12 12"));
        assertThat(spec.tokens()).noneMatch(token -> token.matches(".*[0-9].+|.+[0-9].*"));
    }

    @Test
    void aVocabularyTooSmallForTheBytesIsRefused() {
        assertThatThrownBy(() -> new BytePairTrainer(256, GPT_2, List.of("<s>")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vocabSize is 256; expected at least 257");
    }
}
