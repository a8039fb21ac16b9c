package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Operators on numbers, texts and lists, as in Python. */
final class Arithmetic {
    static Value of(Value left, String operator, Value right, Budget budget) {
        if (operator.equals("~")) {
            return joined(Values.text(left, budget), Values.text(right, budget), budget);
        }
        Optional<Text> text = text(left);
        Optional<Text> other = text(right);
        if (operator.equals("+") && text.isPresent() && other.isPresent()) {
            return joined(text.get(), other.get(), budget);
        }
        if (operator.equals("+")
                && left instanceof Value.Items(List<Value> mine)
                && right instanceof Value.Items(List<Value> more)) {
            budget.hold((long) mine.size() + more.size());
            List<Value> all = new ArrayList<>(mine);
            all.addAll(more);
            return new Value.Items(all);
        }
        if (operator.equals("*") && text.isPresent() && right instanceof Value.Int) {
            return repeated(text.get(), Values.smallInt(right, "a count"), budget);
        }
        if (operator.equals("*") && other.isPresent() && left instanceof Value.Int) {
            return repeated(other.get(), Values.smallInt(left, "a count"), budget);
        }
        if (left instanceof Value.Int(long a) && right instanceof Value.Int(long b)) {
            return whole(a, operator, b);
        }
        Optional<Double> a = Values.number(left);
        Optional<Double> b = Values.number(right);
        if (a.isEmpty() || b.isEmpty()) {
            throw JinjaFailure.of(
                    "%s %s %s has no meaning"
                            .formatted(Values.kind(left), operator, Values.kind(right)));
        }
        if (left instanceof Value.Real || right instanceof Value.Real) {
            return new Value.Real(real(a.get(), operator, b.get()));
        }
        return whole(a.get().longValue(), operator, b.get().longValue());
    }

    static Value negative(Value of) {
        return switch (of) {
            case Value.Int(long number) -> whole(0, "-", number);
            case Value.Real(double number) -> new Value.Real(-number);
            default -> throw JinjaFailure.of(Values.kind(of) + " has no negative");
        };
    }

    private static Optional<Text> text(Value value) {
        return switch (value) {
            case Text text -> Optional.of(text);
            case Value.Json(Text text, Value _) -> Optional.of(text);
            default -> Optional.empty();
        };
    }

    private static Text joined(Text left, Text right, Budget budget) {
        budget.make((long) left.length() + right.length());
        return new Text.Builder().add(left).add(right).text();
    }

    private static Text repeated(Text text, int count, Budget budget) {
        budget.make(Math.max(0, (long) count * text.length()));
        budget.steps(Math.max(0, count));
        Text.Builder out = new Text.Builder();
        for (int i = 0; i < count; i++) {
            out.add(text);
        }
        return out.text();
    }

    private static Value whole(long a, String operator, long b) {
        try {
            return switch (operator) {
                case "+" -> new Value.Int(Math.addExact(a, b));
                case "-" -> new Value.Int(Math.subtractExact(a, b));
                case "*" -> new Value.Int(Math.multiplyExact(a, b));
                case "/" -> new Value.Real(nonzero((double) a, (double) b));
                case "//" -> new Value.Int(Math.floorDivExact(a, b));
                case "%" -> new Value.Int(Math.floorMod(a, b));
                default -> power((double) a, (double) b);
            };
        } catch (ArithmeticException failure) {
            // once compiled, the failure has no message of its own
            String why = b == 0 ? "a division by zero" : "an overflow of 64 bits";
            throw JinjaFailure.of("%d %s %d: %s".formatted(a, operator, b, why));
        }
    }

    private static Value power(double a, double b) {
        double power = Math.pow(a, b);
        return b >= 0 && Math.abs(power) < 1L << 53
                ? new Value.Int((long) power)
                : new Value.Real(power);
    }

    private static double nonzero(double a, double b) {
        if (b == 0) {
            throw JinjaFailure.of("a division by zero");
        }
        return a / b;
    }

    private static double real(double a, String operator, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> nonzero(a, b);
            case "//" -> Math.floor(nonzero(a, b));
            case "%" -> a - b * Math.floor(nonzero(a, b));
            default -> Math.pow(a, b);
        };
    }

    private Arithmetic() {}
}
