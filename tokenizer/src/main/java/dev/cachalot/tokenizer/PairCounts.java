package dev.cachalot.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often every pair of neighbouring symbols occurs, kept up to date while pairs are merged: a
 * merge visits only the words that hold the pair. Owned by one training run.
 */
final class PairCounts {
    private static final int SEEN_TWICE = 2;

    /** Most frequent first; equal counts by spelling, so the order of the words never shows. */
    private final PriorityQueue<Candidate> queue =
            new PriorityQueue<>(
                    Comparator.comparingLong((Candidate candidate) -> -candidate.count)
                            .thenComparing(candidate -> symbol(candidate.pair.left))
                            .thenComparing(candidate -> symbol(candidate.pair.right)));

    private final List<String> symbols = new ArrayList<>(); // byte spelling, by number
    private final Map<String, Integer> numberOf = new HashMap<>();
    private final Set<String> taken; // spellings that no merge may make
    private final int[][] words;
    private final long[] wordCounts;
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final Map<Long, Pair> grown =
            new LinkedHashMap<>(); // pairs whose count rose in this merge

    PairCounts(Map<String, Long> counts, Set<String> taken) {
        this.taken = taken;
        for (int b = 0; b < 256; b++) {
            number(String.valueOf(ByteSpelling.of(b)));
        }
        words = new int[counts.size()][];
        wordCounts = new long[counts.size()];
        int index = 0;
        for (Map.Entry<String, Long> word : counts.entrySet()) {
            byte[] utf8 = word.getKey().getBytes(StandardCharsets.UTF_8);
            words[index] = new int[utf8.length];
            for (int i = 0; i < utf8.length; i++) {
                words[index][i] = utf8[i] & 0xFF;
            }
            wordCounts[index] = word.getValue();
            count(index, 1);
            for (int i = 1; i < utf8.length; i++) {
                holds(index, i);
            }
            index++;
        }
        offerGrown();
    }

    /** All symbols, the 256 bytes first. */
    List<String> symbols() {
        return symbols;
    }

    private String symbol(int number) {
        return symbols.get(number);
    }

    private int number(String symbol) {
        return numberOf.computeIfAbsent(
                symbol,
                fresh -> {
                    symbols.add(fresh);
                    return symbols.size() - 1;
                });
    }

    /**
     * Merges the most frequent pair everywhere and writes it down; false when none occurs twice.
     */
    boolean mergeBest(List<String> merges) {
        Pair best = best();
        if (best == null) {
            return false;
        }
        merges.add(symbol(best.left) + " " + symbol(best.right));
        // two ways to the same spelling are one token with two merges
        int merged = number(symbol(best.left) + symbol(best.right));
        int[] holders = best.takeWords();
        for (int word : holders) {
            replace(word, best.left, best.right, merged);
        }
        offerGrown();
        return true;
    }

    private @Nullable Pair best() {
        while (true) {
            Candidate candidate = queue.poll();
            if (candidate == null) {
                return null;
            }
            Pair pair = candidate.pair;
            if (taken.contains(symbol(pair.left) + symbol(pair.right))) {
                continue;
            }
            if (candidate.count == pair.count) {
                return pair.count >= SEEN_TWICE ? pair : null;
            }
            if (candidate.count > pair.count && pair.count >= SEEN_TWICE) {
                queue.add(new Candidate(pair.count, pair)); // fell since it was offered
            }
        }
    }

    private void replace(int index, int left, int right, int merged) {
        int[] word = words[index];
        int[] shorter = new int[word.length];
        int length = 0;
        int at = 0;
        while (at < word.length) {
            boolean found = at + 1 < word.length && word[at] == left && word[at + 1] == right;
            shorter[length++] = found ? merged : word[at];
            at += found ? 2 : 1;
        }
        if (length == word.length) {
            return; // the word lost this pair to an earlier merge
        }
        count(index, -1);
        words[index] = Arrays.copyOf(shorter, length);
        count(index, 1);
        for (int i = 1; i < length; i++) {
            if (shorter[i - 1] == merged || shorter[i] == merged) {
                holds(index, i);
            }
        }
    }

    /** Notes that the pair ending there is new in the word, so its count rose. */
    private void holds(int index, int at) {
        Pair pair = pair(words[index], at);
        pair.remember(index);
        grown.put(key(pair.left, pair.right), pair);
    }

    private void count(int index, int sign) {
        int[] word = words[index];
        for (int i = 1; i < word.length; i++) {
            pair(word, i).count += sign * wordCounts[index];
        }
    }

    /** The pair that ends at {@code at}. */
    private Pair pair(int[] word, int at) {
        int left = word[at - 1];
        int right = word[at];
        return pairs.computeIfAbsent(key(left, right), fresh -> new Pair(left, right));
    }

    private static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    private void offerGrown() {
        for (Pair pair : grown.values()) {
            if (pair.count >= SEEN_TWICE) {
                queue.add(new Candidate(pair.count, pair));
            }
        }
        grown.clear();
    }

    /** A pair with the count it had when it was offered. */
    private record Candidate(long count, Pair pair) {}

    private static final class Pair {
        private final int left;
        private final int right;
        private long count;
        private int[] words = new int[2]; // may name words that have lost the pair
        private int size;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }

        void remember(int word) {
            if (size > 0 && words[size - 1] == word) {
                return;
            }
            if (size == words.length) {
                words = Arrays.copyOf(words, size * 2);
            }
            words[size++] = word;
        }

        int[] takeWords() {
            int[] taken = Arrays.copyOf(words, size);
            words = new int[2];
            size = 0;
            return taken;
        }
    }
}
