package dev.cachalot.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cachalot.testing.Cases;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Vocabularies of two letters whose merges overlap in every way, several ways to one token and
 * equal scores among them, beside the slow twins.
 */
class RandomVocabularyPropertyTest {
    private static String letters(SplittableRandom random, String alphabet, int most) {
        StringBuilder text = new StringBuilder();
        for (int left = 1 + random.nextInt(most); left > 0; left--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    @Test
    void byteLevelIdsEqualThoseOfTheQuadraticMethod() {
        Cases.forAll(
                500,
                random -> {
                    TokenizerSpec spec = byteLevel(random);
                    Tokenizer tokenizer = spec.tokenizer();
                    SlowTwin twin = new SlowTwin(spec);
                    for (int i = 0; i < 10; i++) {
                        String text = letters(random, "ab", 60);
                        assertThat(tokenizer.encodePlain(text))
                                .as(spec.merges() + ": " + text)
                                .isEqualTo(twin.encode(text));
                    }
                });
    }

    private static TokenizerSpec byteLevel(SplittableRandom random) {
        List<String> tokens = new ArrayList<>();
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteSpelling.of(b)));
        }
        List<String> words = new ArrayList<>(List.of("a", "b"));
        Set<String> merges = new LinkedHashSet<>();
        for (int left = random.nextInt(40); left > 0; left--) {
            String first = words.get(random.nextInt(words.size()));
            String second = words.get(random.nextInt(words.size()));
            String both = first + second;
            if (both.length() > 12) {
                continue;
            }
            merges.add(first + " " + second);
            if (!words.contains(both)) {
                words.add(both);
                tokens.add(both);
            }
        }
        return new TokenizerSpec(
                "gpt-2",
                tokens,
                List.copyOf(merges),
                List.of(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                new TokenizerSpec.Rules(random.nextBoolean(), false, false));
    }

    @Test
    void sentencePieceIdsEqualThoseOfTheQuadraticMethod() {
        Cases.forAll(
                500,
                random -> {
                    SentencePieceSpec spec = sentencePiece(random);
                    Tokenizer tokenizer = spec.tokenizer();
                    SlowPieces twin = new SlowPieces(spec);
                    for (int i = 0; i < 10; i++) {
                        String text = letters(random, "ab x", 60);
                        assertThat(tokenizer.encodePlain(text))
                                .as(spec.tokens() + " " + spec.scores() + ": " + text)
                                .isEqualTo(twin.encode(text));
                    }
                });
    }

    private static SentencePieceSpec sentencePiece(SplittableRandom random) {
        Set<String> tokens = new LinkedHashSet<>();
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        tokens.addAll(List.of("▁", "a", "b")); // x has none
        for (int left = random.nextInt(40); left > 0; left--) {
            tokens.add(letters(random, "aab▁x", 5));
        }
        List<Float> scores = new ArrayList<>();
        while (scores.size() < tokens.size()) {
            scores.add(-(float) random.nextInt(8));
        }
        return new SentencePieceSpec(
                List.copyOf(tokens),
                new SentencePieceSpec.ByScore(scores),
                List.of(),
                SpacePrefix.EVERY_PART,
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false);
    }
}
