package dev.cachalot.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Random texts and random ways to cut them. */
final class Cuts {
    /** Pieces that together are {@code text}; some may be empty, none splits a surrogate pair. */
    static List<String> of(String text, SplittableRandom random) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int left = text.codePointCount(at, text.length());
            int end = text.offsetByCodePoints(at, random.nextInt(Math.min(6, left) + 1));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces;
    }

    /** Some of the words in random order, next to each other. */
    static String mix(List<String> words, int most, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }

    private Cuts() {}
}
