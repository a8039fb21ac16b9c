package dev.cachalot.tasks;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** A fixed list of held-out problems. */
public final class ArithmeticSuite {
    private static final int MAX_DRAWS = 20_000;

    /**
     * {@code count} problems of the test split, the six arithmetic kinds in equal shares and in
     * turn, no calculation twice within a kind. The same seed gives the same list.
     *
     * @throws IllegalArgumentException if there are not so many held-out problems of some kind
     */
    public static List<Problem> problems(Language language, int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Kind> kinds = Kind.arithmetic();
        Set<String> seen = new HashSet<>();
        List<Problem> problems = new ArrayList<>();
        while (problems.size() < count) {
            Kind kind = kinds.get(problems.size() % kinds.size());
            problems.add(unseen(random, language, kind, seen, count));
        }
        return List.copyOf(problems);
    }

    private static Problem unseen(
            SplittableRandom random, Language language, Kind kind, Set<String> seen, int count) {
        for (int i = 0; i < MAX_DRAWS; i++) {
            Problem problem = Problems.next(random, language, kind, Split.TEST);
            if (seen.add(kind + " " + problem.key())) {
                return problem;
            }
        }
        throw new IllegalArgumentException(
                "a suite of %d problems needs more held-out problems of kind %s than there are; ask for fewer"
                        .formatted(count, kind));
    }

    private ArithmeticSuite() {}
}
