package dev.cachalot.tokenizer.jinja;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Python says of values: truth, order, spelling. */
final class Values {
    private static final int NESTED = 50; // lists within lists that are spelled or compared

    static String kind(Value value) {
        return switch (value) {
            case Text _, Value.Json _ -> "a string";
            case Value.Int _ -> "a whole number";
            case Value.Real _ -> "a number";
            case Value.Bool _ -> "true or false";
            case Value.None _ -> "none";
            case Value.Undefined(String name) -> "undefined ('" + name + "')";
            case Value.Items _ -> "a list";
            case Value.Dict _ -> "a dictionary";
            case Value.Space _ -> "a namespace";
            case Value.Loop _ -> "a loop";
            case Value.Function _ -> "a function";
        };
    }

    static boolean truth(Value value) {
        return switch (value) {
            case Text text -> text.length() > 0;
            case Value.Json(Text text, Value _) -> text.length() > 0;
            case Value.Int(long number) -> number != 0;
            case Value.Real(double number) -> number != 0;
            case Value.Bool(boolean truth) -> truth;
            case Value.None _, Value.Undefined _ -> false;
            case Value.Items(List<Value> values) -> !values.isEmpty();
            case Value.Dict(Map<String, Value> entries) -> !entries.isEmpty();
            case Value.Space _, Value.Loop _, Value.Function _ -> true;
        };
    }

    static boolean same(Value left, Value right, Budget budget) {
        return same(left, right, budget, 0);
    }

    private static boolean same(Value left, Value right, Budget budget, int depth) {
        checkDepth(depth);
        budget.step();
        Value a = plain(left);
        Value b = plain(right);
        if (a instanceof Value.Items(List<Value> mine)
                && b instanceof Value.Items(List<Value> other)) {
            boolean same = mine.size() == other.size();
            for (int i = 0; same && i < mine.size(); i++) {
                same = same(mine.get(i), other.get(i), budget, depth + 1);
            }
            return same;
        }
        if (a instanceof Value.Dict(Map<String, Value> mine)
                && b instanceof Value.Dict(Map<String, Value> other)) {
            budget.steps(mine.size());
            boolean same = mine.keySet().equals(other.keySet());
            for (Map.Entry<String, Value> entry : mine.entrySet()) {
                Value counterpart = same ? other.get(entry.getKey()) : null;
                same =
                        counterpart != null
                                && same(entry.getValue(), counterpart, budget, depth + 1);
            }
            return same;
        }
        if (a instanceof Value.Undefined && b instanceof Value.Undefined) {
            return true;
        }
        Optional<Double> x = number(a);
        Optional<Double> y = number(b);
        if (a instanceof Value.Int(long n) && b instanceof Value.Int(long m)) {
            return n == m;
        }
        if (x.isPresent() && y.isPresent()) {
            return x.get().doubleValue() == y.get().doubleValue();
        }
        if (a instanceof Text t && b instanceof Text u && t.length() == u.length()) {
            budget.look(t.length());
        }
        boolean known = a instanceof Text || a instanceof Value.None || a instanceof Value.Space;
        return known && a.equals(b);
    }

    private static void checkDepth(int depth) {
        if (depth > NESTED) {
            throw JinjaFailure.of("a value is nested deeper than " + NESTED);
        }
    }

    private static Value plain(Value value) {
        return value instanceof Value.Json(Text text, Value _) ? text : value;
    }

    /** A number, or truth as one. */
    static Optional<Double> number(Value value) {
        return switch (value) {
            case Value.Int(long number) -> Optional.of((double) number);
            case Value.Real(double number) -> Optional.of(number);
            case Value.Bool(boolean truth) -> Optional.of(truth ? 1.0 : 0.0);
            default -> Optional.empty();
        };
    }

    static int compare(Value left, Value right, Budget budget) {
        budget.step();
        Value a = plain(left);
        Value b = plain(right);
        if (a instanceof Value.Int(long n) && b instanceof Value.Int(long m)) {
            return Long.compare(n, m);
        }
        Optional<Double> x = number(a);
        Optional<Double> y = number(b);
        if (x.isPresent() && y.isPresent()) {
            return a instanceof Value.Int(long n)
                    ? compare(n, y.get())
                    : b instanceof Value.Int(long m)
                            ? -compare(m, x.get())
                            : Double.compare(x.get() + 0.0, y.get() + 0.0); // -0 is 0
        }
        if (a instanceof Text t && b instanceof Text u) {
            budget.look(Math.min(t.length(), u.length()));
            return t.value().compareTo(u.value());
        }
        throw JinjaFailure.of(kind(a) + " and " + kind(b) + " have no order");
    }

    /** Exact, so that three numbers are never ordered in a circle. */
    private static int compare(long a, double b) {
        return Double.isNaN(b) || Double.isInfinite(b)
                ? Double.compare(0, b)
                : BigDecimal.valueOf(a).compareTo(new BigDecimal(b));
    }

    static int smallInt(Value value, String what) {
        long number =
                switch (value) {
                    case Value.Int(long n) -> n;
                    case Value.Bool(boolean truth) -> truth ? 1 : 0;
                    default ->
                            throw JinjaFailure.of(
                                    what + " is " + kind(value) + "; expected a whole number");
                };
        if (number > Integer.MAX_VALUE / 2 || number < -Integer.MAX_VALUE / 2) {
            throw JinjaFailure.of(what + " is " + number + ", which is too large");
        }
        return (int) number;
    }

    /** What a loop over the value sees. */
    static List<Value> items(Value value, Budget budget) {
        return switch (value) {
            case Value.Items(List<Value> values) -> values;
            case Value.Dict(Map<String, Value> entries) -> keys(entries, budget);
            case Value.Json(Text _, Value.Dict(Map<String, Value> entries)) ->
                    keys(entries, budget);
            case Value.Json(Text text, Value _) -> characters(text, budget);
            case Text text -> characters(text, budget);
            case Value.Undefined _ -> List.of();
            default -> throw JinjaFailure.of("one cannot loop over " + kind(value));
        };
    }

    private static List<Value> keys(Map<String, Value> entries, Budget budget) {
        budget.hold(entries.size());
        List<Value> keys = new ArrayList<>();
        entries.keySet().forEach(key -> keys.add(Text.foreign(key)));
        return keys;
    }

    private static List<Value> characters(Text text, Budget budget) {
        budget.hold(text.length());
        List<Value> characters = new ArrayList<>();
        for (int i = 0; i < text.length(); ) {
            int next = text.value().offsetByCodePoints(i, 1);
            characters.add(text.slice(i, next));
            i = next;
        }
        return characters;
    }

    /** Pairs of key and value. */
    static Value.Items pairs(Map<String, Value> entries, Budget budget) {
        budget.hold(3L * entries.size());
        List<Value> pairs = new ArrayList<>();
        entries.forEach(
                (key, value) -> pairs.add(new Value.Items(List.of(Text.foreign(key), value))));
        return new Value.Items(pairs);
    }

    /** As Python prints it. */
    static Text text(Value value, Budget budget) {
        return switch (value) {
            case Text text -> text;
            case Value.Json(Text text, Value _) -> text;
            case Value.Undefined _ -> Text.EMPTY;
            default -> {
                StringBuilder out = new StringBuilder();
                boolean foreign = spell(value, out, budget, 0);
                yield foreign ? Text.foreign(out.toString()) : Text.own(out.toString());
            }
        };
    }

    /** Spells a value as Python's {@code repr}; says whether anything of it is from outside. */
    private static boolean spell(Value value, StringBuilder out, Budget budget, int depth) {
        checkDepth(depth);
        budget.make(8);
        switch (value) {
            case Text text -> {
                budget.make(text.length());
                quote(text.value(), out);
                return text.isForeign();
            }
            case Value.Json(Text text, Value _) -> {
                budget.make(text.length());
                quote(text.value(), out);
                return true;
            }
            case Value.Int(long number) -> out.append(number);
            case Value.Real(double number) -> out.append(real(number));
            case Value.Bool(boolean truth) -> out.append(truth ? "True" : "False");
            case Value.None _ -> out.append("None");
            case Value.Undefined _ -> out.append("Undefined");
            case Value.Items(List<Value> values) -> {
                out.append('[');
                boolean foreign = false;
                for (int i = 0; i < values.size(); i++) {
                    out.append(i > 0 ? ", " : "");
                    foreign |= spell(values.get(i), out, budget, depth + 1);
                }
                out.append(']');
                return foreign;
            }
            case Value.Dict(Map<String, Value> entries) -> {
                out.append('{');
                boolean first = true;
                for (Map.Entry<String, Value> entry : entries.entrySet()) {
                    out.append(first ? "" : ", ");
                    first = false;
                    budget.make(entry.getKey().length());
                    quote(entry.getKey(), out);
                    out.append(": ");
                    spell(entry.getValue(), out, budget, depth + 1);
                }
                out.append('}');
                return true;
            }
            case Value.Space _ -> out.append("<Namespace>");
            case Value.Loop _ -> out.append("<LoopContext>");
            case Value.Function(String name, Value.Function.Body _) ->
                    out.append("<function ").append(name).append('>');
        }
        return false;
    }

    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\');
                    }
                    out.append(c);
                }
            }
        }
        out.append(quote);
    }

    static String real(double number) {
        return Double.isNaN(number)
                ? "nan"
                : Double.isInfinite(number)
                        ? (number > 0 ? "inf" : "-inf")
                        : Double.toString(number);
    }

    private Values() {}
}
