package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of expressions. */
final class Evaluator {
    private final Budget budget;
    private final Filters filters;
    private final Methods methods;

    Evaluator(Budget budget) {
        this.budget = budget;
        this.filters = new Filters(budget);
        this.methods = new Methods(budget);
    }

    Value evaluate(Expr expression, Scope scope) {
        budget.step();
        budget.enter();
        Value value = value(expression, scope);
        budget.leave();
        return value;
    }

    private Value value(Expr expression, Scope scope) {
        return switch (expression) {
            case Expr.Constant(Value constant) -> constant;
            case Expr.Name(String name) -> scope.find(name);
            case Expr.Listing(List<Expr> values) -> new Value.Items(all(values, scope));
            case Expr.Dictionary(List<Expr.Dictionary.Entry> entries) -> {
                Map<String, Value> dict = new LinkedHashMap<>();
                for (Expr.Dictionary.Entry entry : entries) {
                    dict.put(key(evaluate(entry.key(), scope)), evaluate(entry.value(), scope));
                }
                yield new Value.Dict(dict);
            }
            case Expr.Field(Expr of, String name) -> field(evaluate(of, scope), name);
            case Expr.Element(Expr of, Expr index) ->
                    element(evaluate(of, scope), evaluate(index, scope));
            case Expr.Slice slice -> slice(slice, scope);
            case Expr.Call(Expr of, Expr.Given given) ->
                    call(evaluate(of, scope), arguments(name(of), given, scope));
            case Expr.Filter(Expr of, String name, Expr.Given given) ->
                    filters.apply(
                            name, evaluate(of, scope), arguments("filter " + name, given, scope));
            case Expr.Test(Expr of, String name, Expr.Given given, boolean negated) ->
                    Value.of(
                            negated
                                    != Tests.holds(
                                            name,
                                            evaluate(of, scope),
                                            arguments("test " + name, given, scope),
                                            budget));
            case Expr.Not(Expr of) -> Value.of(!Values.truth(evaluate(of, scope)));
            case Expr.Negative(Expr of) -> Arithmetic.negative(evaluate(of, scope));
            case Expr.Binary(Expr left, String operator, Expr right) ->
                    Arithmetic.of(evaluate(left, scope), operator, evaluate(right, scope), budget);
            case Expr.And(Expr left, Expr right) -> {
                Value first = evaluate(left, scope);
                yield Values.truth(first) ? evaluate(right, scope) : first;
            }
            case Expr.Or(Expr left, Expr right) -> {
                Value first = evaluate(left, scope);
                yield Values.truth(first) ? first : evaluate(right, scope);
            }
            case Expr.Compare(Expr first, List<Expr.Compare.Step> steps) -> {
                Value left = evaluate(first, scope);
                for (Expr.Compare.Step step : steps) {
                    Value right = evaluate(step.right(), scope);
                    if (!holds(left, step.operator(), right)) {
                        yield Value.FALSE;
                    }
                    left = right;
                }
                yield Value.TRUE;
            }
            case Expr.Choice(Expr condition, Expr yes, Optional<Expr> no) -> {
                if (Values.truth(evaluate(condition, scope))) {
                    yield evaluate(yes, scope);
                }
                yield no.isPresent() ? evaluate(no.get(), scope) : new Value.Undefined("else");
            }
        };
    }

    private static String name(Expr of) {
        return switch (of) {
            case Expr.Name(String name) -> name;
            case Expr.Field(Expr _, String name) -> name;
            default -> "a function";
        };
    }

    private List<Value> all(List<Expr> expressions, Scope scope) {
        List<Value> values = new ArrayList<>(expressions.size());
        for (Expr expression : expressions) {
            values.add(evaluate(expression, scope));
        }
        return values;
    }

    private Arguments arguments(String function, Expr.Given given, Scope scope) {
        if (given.values().isEmpty() && given.named().isEmpty()) {
            return Arguments.none(function);
        }
        Map<String, Value> named = new LinkedHashMap<>();
        for (Expr.Given.Named one : given.named()) {
            named.put(one.name(), evaluate(one.value(), scope));
        }
        return new Arguments(function, all(given.values(), scope), named);
    }

    Value call(Value function, Arguments arguments) {
        if (!(function instanceof Value.Function(String _, Value.Function.Body body))) {
            throw JinjaFailure.of(
                    "'%s' is %s; it cannot be called"
                            .formatted(arguments.function(), Values.kind(function)));
        }
        budget.enter();
        Value value = body.call(arguments);
        budget.leave();
        return value;
    }

    private static String key(Value value) {
        return switch (value) {
            case Text text -> text.value();
            case Value.Int(long number) -> Long.toString(number);
            default -> throw JinjaFailure.of(Values.kind(value) + " cannot be a key");
        };
    }

    private Value field(Value of, String name) {
        if (name.startsWith("_")) {
            throw JinjaFailure.of("access to '" + name + "' is not allowed");
        }
        return methods.find(of, name).orElseGet(() -> entry(of, name));
    }

    private static Value entry(Value of, String name) {
        return switch (of) {
            case Value.Dict(Map<String, Value> entries) -> found(entries, name);
            case Value.Json(Text _, Value.Dict(Map<String, Value> entries)) -> found(entries, name);
            case Value.Space space -> found(space.entries, name);
            case Value.Loop loop -> Methods.loop(loop, name);
            case Value.Undefined(String missing) ->
                    throw JinjaFailure.of(
                            "'" + missing + "' is undefined; it has no '" + name + "'");
            default -> new Value.Undefined(name);
        };
    }

    private static Value found(Map<String, Value> entries, String name) {
        Value value = entries.get(name);
        return value == null ? new Value.Undefined(name) : value;
    }

    private Value element(Value of, Value index) {
        if (index instanceof Text name) {
            if (name.value().startsWith("__")) {
                throw JinjaFailure.of("access to '" + name + "' is not allowed");
            }
            return entry(of, name.value());
        }
        return switch (of) {
            case Value.Items(List<Value> values) -> {
                int at = Values.smallInt(index, "an index");
                int from = at < 0 ? at + values.size() : at;
                yield from < 0 || from >= values.size()
                        ? new Value.Undefined("element " + at)
                        : values.get(from);
            }
            case Text text -> {
                int at = Values.smallInt(index, "an index");
                budget.look(text.length());
                int size = text.points();
                int from = at < 0 ? at + size : at;
                yield from < 0 || from >= size
                        ? new Value.Undefined("character " + at)
                        : text.slicePoints(from, from + 1);
            }
            case Value.Dict(Map<String, Value> entries) -> found(entries, key(index));
            case Value.Undefined(String missing) ->
                    throw JinjaFailure.of("'" + missing + "' is undefined; it has no elements");
            default -> new Value.Undefined("element");
        };
    }

    private Value slice(Expr.Slice slice, Scope scope) {
        Value of = evaluate(slice.of(), scope);
        Optional<Integer> from = bound(slice.from(), scope);
        Optional<Integer> to = bound(slice.to(), scope);
        int step = bound(slice.step(), scope).orElse(1);
        if (step == 0) {
            throw JinjaFailure.of("a slice has the step 0");
        }
        Text text =
                of instanceof Value.Json(Text json, Value _)
                        ? json
                        : of instanceof Text t ? t : null;
        List<Value> values =
                text != null && step == 1
                        ? List.of()
                        : Values.items(text != null ? text : of, budget);
        int size = text != null && step == 1 ? text.points() : values.size();
        int first = from.map(i -> limited(i, size, step)).orElse(step > 0 ? 0 : size - 1);
        int end = to.map(i -> limited(i, size, step)).orElse(step > 0 ? size : -1);
        if (text != null && step == 1) {
            budget.make(text.length());
            return first < end ? text.slicePoints(first, end) : Text.EMPTY;
        }
        List<Value> taken = new ArrayList<>();
        for (long i = first; step > 0 ? i < end : i > end; i += step) {
            budget.step();
            taken.add(values.get((int) i));
        }
        if (text == null) {
            return new Value.Items(taken);
        }
        Text.Builder joined = new Text.Builder();
        taken.forEach(character -> joined.add(Values.text(character, budget)));
        return joined.text();
    }

    private Optional<Integer> bound(Optional<Expr> bound, Scope scope) {
        return bound.map(expression -> evaluate(expression, scope))
                .filter(value -> !(value instanceof Value.None))
                .map(value -> Values.smallInt(value, "a slice's bound"));
    }

    private static int limited(int bound, int size, int step) {
        int from = bound < 0 ? bound + size : bound;
        int least = step > 0 ? 0 : -1;
        int most = step > 0 ? size : size - 1;
        return Math.max(least, Math.min(most, from));
    }

    private boolean holds(Value left, String operator, Value right) {
        return switch (operator) {
            case "==" -> Values.same(left, right, budget);
            case "!=" -> !Values.same(left, right, budget);
            case "<" -> Values.compare(left, right, budget) < 0;
            case "<=" -> Values.compare(left, right, budget) <= 0;
            case ">" -> Values.compare(left, right, budget) > 0;
            case ">=" -> Values.compare(left, right, budget) >= 0;
            case "in" -> contains(right, left);
            default -> !contains(right, left);
        };
    }

    private boolean contains(Value whole, Value part) {
        if (whole instanceof Text || whole instanceof Value.Json) {
            if (!(part instanceof Text) && !(part instanceof Value.Json)) {
                throw JinjaFailure.of(
                        Values.kind(part) + " is looked for in a string; expected a string");
            }
            Text text = Values.text(whole, budget);
            Text wanted = Values.text(part, budget);
            budget.search(text, wanted);
            return text.value().contains(wanted.value());
        }
        if (whole instanceof Value.Dict(Map<String, Value> entries)) {
            return part instanceof Text text && entries.containsKey(text.value());
        }
        return Values.items(whole, budget).stream()
                .anyMatch(value -> Values.same(value, part, budget));
    }
}
