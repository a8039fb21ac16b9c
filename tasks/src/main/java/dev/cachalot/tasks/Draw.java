package dev.cachalot.tasks;

import dev.cachalot.tasks.Exercise.Ask;
import dev.cachalot.tasks.Exercise.Binary;
import dev.cachalot.tasks.Exercise.Chain;
import dev.cachalot.tasks.Exercise.Comparison;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Draws numbers and exercises. */
final class Draw {

    /**
     * A number of one to {@code longest} digits, each length equally likely; one in ten is rich in
     * 0s and 9s.
     */
    static int number(SplittableRandom random, int longest) {
        return ofLength(random, random.nextInt(1, longest + 1));
    }

    private static int ofLength(SplittableRandom random, int length) {
        boolean edge = random.nextInt(10) == 0;
        int value = 0;
        for (int i = 0; i < length; i++) {
            int least = i == 0 && length > 1 ? 1 : 0;
            int digit = random.nextInt(least, 10);
            if (edge && random.nextInt(3) > 0) {
                digit = random.nextBoolean() ? 9 : least;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    static Binary sum(SplittableRandom random) {
        return new Binary(Operation.ADD, number(random, 4), number(random, 4));
    }

    static Binary difference(SplittableRandom random) {
        return new Binary(Operation.SUBTRACT, number(random, 4), number(random, 4));
    }

    /** Two factors from {@code least} to 99. */
    static Binary product(SplittableRandom random, int least) {
        return new Binary(
                Operation.MULTIPLY, random.nextInt(least, 100), random.nextInt(least, 100));
    }

    /** One operation for a story: numbers of 2 or more, nothing negative, factors below 100. */
    static Binary story(SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            int longest = random.nextInt(1, 3);
            return new Binary(
                    Operation.MULTIPLY,
                    Math.max(2, number(random, longest)),
                    Math.max(2, number(random, 2)));
        }
        int a = Math.max(2, number(random, 3));
        int b = Math.max(2, number(random, 3));
        if (random.nextBoolean()) {
            return new Binary(Operation.ADD, a, b);
        }
        return a == b
                ? new Binary(Operation.SUBTRACT, a + 1, b)
                : new Binary(Operation.SUBTRACT, Math.max(a, b), Math.min(a, b));
    }

    /** Operations on numbers up to 99, at most one of them a product, by a one-digit number. */
    static Chain chain(SplittableRandom random, int length) {
        while (true) {
            List<Integer> numbers = new ArrayList<>();
            List<Operation> operations = new ArrayList<>();
            for (int i = 0; i <= length; i++) {
                numbers.add(number(random, 2));
            }
            for (int i = 0; i < length; i++) {
                operations.add(random.nextBoolean() ? Operation.ADD : Operation.SUBTRACT);
            }
            if (random.nextInt(5) < 2) {
                int at = random.nextInt(length);
                operations.set(at, Operation.MULTIPLY);
                numbers.set(at, Math.max(2, numbers.get(at)));
                numbers.set(at + 1, random.nextInt(2, 10));
            }
            Chain chain = new Chain(numbers, operations);
            if (chain.staysNonNegative()) {
                return chain;
            }
        }
    }

    /**
     * Mostly numbers of one length with a common beginning, where the comparison is not settled at
     * once.
     */
    static Comparison comparison(SplittableRandom random) {
        Ask[] asks = Ask.values();
        Ask ask = asks[random.nextInt(asks.length)];
        int a = number(random, 4);
        int b = number(random, 4);
        if (random.nextInt(5) < 3) {
            int length = Integer.toString(a).length();
            int unit = 1;
            for (int i = random.nextInt(length); i > 0; i--) {
                unit *= 10;
            }
            int rest = 10 * unit;
            b = unit * 10 > a ? ofLength(random, length) : a / rest * rest + random.nextInt(rest);
        }
        if (random.nextInt(ask == Ask.EQUAL ? 3 : 16) == 0) {
            b = a;
        }
        return random.nextBoolean() ? new Comparison(ask, a, b) : new Comparison(ask, b, a);
    }

    static <T> T one(SplittableRandom random, List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private Draw() {}
}
