package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Learns a byte-level vocabulary: the most frequent pair of neighbours becomes a token, again and
 * again.
 *
 * <p>The result depends only on how often each piece occurs, not on the order of the texts: equal
 * counts are decided by spelling. Ids: the added tokens first, then the 256 bytes, then the merges
 * in the order they were learned.
 */
public final class BytePairTrainer {
    /** Longer pieces are noise (encoded files, ruled lines) and are left out of the counts. */
    private static final int LONGEST_PIECE = 256;

    private final int vocabSize;
    private final PreTokenizer preTokenizer;
    private final List<String> addedTokens;

    /**
     * @param vocabSize how many tokens there shall be, added ones and bytes included
     * @param addedTokens the texts of the added tokens, all marked special; see {@link
     *     DeepSeekTokens#CHAT}
     */
    public BytePairTrainer(int vocabSize, PreTokenizer preTokenizer, List<String> addedTokens) {
        if (vocabSize < 256 + addedTokens.size()) {
            throw new IllegalArgumentException(
                    "vocabSize is %d; expected at least %d: 256 bytes and %d added tokens"
                            .formatted(vocabSize, 256 + addedTokens.size(), addedTokens.size()));
        }
        this.vocabSize = vocabSize;
        this.preTokenizer = preTokenizer;
        this.addedTokens = List.copyOf(addedTokens);
    }

    /**
     * The vocabulary learned from the texts. It has fewer tokens than asked for only when no pair
     * is left that occurs twice.
     *
     * @throws InvalidTextException when a surrogate has no partner
     */
    public TokenizerSpec train(Stream<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        texts.sequential().forEach(text -> count(text, counts));
        return train(counts);
    }

    /** As {@link #train(Stream)}. */
    public TokenizerSpec train(Iterable<String> texts) {
        Map<String, Long> counts = new HashMap<>();
        texts.forEach(text -> count(text, counts));
        return train(counts);
    }

    private void count(String text, Map<String, Long> counts) {
        InvalidTextException.checkSurrogates(text);
        preTokenizer.split(
                text,
                0,
                text.length(),
                (from, to) -> {
                    if (to - from <= LONGEST_PIECE) {
                        counts.merge(text.substring(from, to), 1L, Long::sum);
                    }
                });
    }

    private TokenizerSpec train(Map<String, Long> counts) {
        Set<String> taken = new HashSet<>(addedTokens);
        PairCounts pairs = new PairCounts(counts, taken);
        List<String> merges = new ArrayList<>();
        while (addedTokens.size() + pairs.symbols().size() < vocabSize && pairs.mergeBest(merges)) {
            // one more merge
        }
        List<String> tokens = new ArrayList<>(addedTokens);
        tokens.addAll(pairs.symbols());
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < addedTokens.size(); id++) {
            added.add(new AddedToken(id, addedTokens.get(id), true));
        }
        return TokenizerSpec.of(
                preTokenizer.name(),
                tokens,
                merges,
                added,
                idOf(DeepSeekTokens.BOS),
                idOf(DeepSeekTokens.EOS));
    }

    private OptionalInt idOf(String token) {
        int id = addedTokens.indexOf(token);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }
}
