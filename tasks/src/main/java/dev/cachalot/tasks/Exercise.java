package dev.cachalot.tasks;

import java.util.ArrayList;
import java.util.List;

/** The arithmetic of a problem, before it is put into words. */
sealed interface Exercise {

    /** See {@link Problem#key()}. */
    String key();

    String answer(Words words);

    void reason(Scratch scratch, Words words);

    /** One operation on two numbers. */
    record Binary(Operation operation, int a, int b) implements Exercise {
        @Override
        public String key() {
            return switch (operation) {
                case ADD -> Math.min(a, b) + "+" + Math.max(a, b);
                case SUBTRACT -> a + "-" + b;
                case MULTIPLY -> product(a, b);
            };
        }

        @Override
        public String answer(Words words) {
            return Integer.toString(operation.apply(a, b));
        }

        @Override
        public void reason(Scratch scratch, Words words) {
            switch (operation) {
                case ADD -> scratch.add(a, b);
                case SUBTRACT -> scratch.difference(a, b);
                case MULTIPLY -> {
                    if (a < 10 && b >= 10) {
                        scratch.line("%s:%d×%d=%d×%d".formatted(words.multiply(), a, b, b, a));
                        scratch.multiply(b, a);
                    } else {
                        scratch.multiply(a, b);
                    }
                }
            }
        }
    }

    /** Numbers with an operation between each two; no step goes below zero. */
    record Chain(List<Integer> numbers, List<Operation> operations) implements Exercise {
        public Chain {
            numbers = List.copyOf(numbers);
            operations = List.copyOf(operations);
        }

        @Override
        public String key() {
            List<String> terms = new ArrayList<>();
            for (int i = 0; i < numbers.size(); i++) {
                char sign = i == 0 ? '+' : operations.get(i - 1).sign();
                if (i < operations.size() && operations.get(i) == Operation.MULTIPLY) {
                    terms.add(sign + product(numbers.get(i), numbers.get(i + 1)));
                    i++;
                } else {
                    terms.add(sign + Integer.toString(numbers.get(i)));
                }
            }
            terms.sort(null);
            return String.join("", terms);
        }

        /** The position of the operation that comes first. */
        int first() {
            return Math.max(0, operations.indexOf(Operation.MULTIPLY));
        }

        Chain afterFirst() {
            int at = first();
            List<Integer> left = new ArrayList<>(numbers);
            List<Operation> signs = new ArrayList<>(operations);
            int value = signs.remove(at).apply(left.get(at), left.remove(/* index */ at + 1));
            left.set(at, value);
            return new Chain(left, signs);
        }

        boolean staysNonNegative() {
            return numbers.getFirst() >= 0
                    && (operations.isEmpty() || afterFirst().staysNonNegative());
        }

        int value() {
            return operations.isEmpty() ? numbers.getFirst() : afterFirst().value();
        }

        /** The expression, each sign between {@code gap}s. */
        String text(String gap, String times) {
            StringBuilder text = new StringBuilder().append(numbers.getFirst());
            for (int i = 0; i < operations.size(); i++) {
                Operation operation = operations.get(i);
                String sign =
                        operation == Operation.MULTIPLY
                                ? times
                                : Character.toString(operation.sign());
                text.append(gap).append(sign).append(gap).append(numbers.get(i + 1));
            }
            return text.toString();
        }

        @Override
        public String answer(Words words) {
            return Integer.toString(value());
        }

        @Override
        public void reason(Scratch scratch, Words words) {
            if (operations.isEmpty()) {
                return;
            }
            if (operations.size() > 1) {
                scratch.line(words.solve() + ":" + text("", "×"));
            }
            int at = first();
            scratch.apply(operations.get(at), numbers.get(at), numbers.get(at + 1));
            afterFirst().reason(scratch, words);
        }
    }

    /** What a comparison asks for. */
    enum Ask {
        LARGER,
        SMALLER,
        GREATER,
        LESS,
        EQUAL
    }

    /** Two numbers, in the order in which they are named. */
    record Comparison(Ask ask, int a, int b) implements Exercise {
        @Override
        public String key() {
            return Math.min(a, b) + "?" + Math.max(a, b);
        }

        @Override
        public String answer(Words words) {
            return switch (ask) {
                case LARGER -> a == b ? words.equal() : Integer.toString(Math.max(a, b));
                case SMALLER -> a == b ? words.equal() : Integer.toString(Math.min(a, b));
                case GREATER -> a > b ? words.yes() : words.no();
                case LESS -> a < b ? words.yes() : words.no();
                case EQUAL -> a == b ? words.yes() : words.no();
            };
        }

        @Override
        public void reason(Scratch scratch, Words words) {
            scratch.compare(a, b);
            scratch.line(
                    switch (ask) {
                        case LARGER -> words.larger() + ":" + answer(words);
                        case SMALLER -> words.smaller() + ":" + answer(words);
                        case GREATER -> words.asked() + ":>";
                        case LESS -> words.asked() + ":<";
                        case EQUAL -> words.asked() + ":=";
                    });
        }
    }

    private static String product(int a, int b) {
        return Math.min(a, b) + "*" + Math.max(a, b);
    }
}
