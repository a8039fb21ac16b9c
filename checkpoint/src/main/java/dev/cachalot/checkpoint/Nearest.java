package dev.cachalot.checkpoint;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Known names that a misspelt or missing one may have meant. */
final class Nearest {
    private record Candidate(String name, int distance) {}

    /** Up to {@code count} of the {@code known} names, fewest changed characters first. */
    static List<String> to(String wanted, Collection<String> known, int count) {
        return known.stream()
                .map(name -> new Candidate(name, distance(wanted, name)))
                .sorted(Comparator.comparingInt(Candidate::distance))
                .limit(count)
                .map(Candidate::name)
                .toList();
    }

    /** Levenshtein's distance: characters to insert, delete or replace. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            int[] swap = previous;
            previous = current;
            current = swap;
        }
        return previous[b.length()];
    }

    private Nearest() {}
}
