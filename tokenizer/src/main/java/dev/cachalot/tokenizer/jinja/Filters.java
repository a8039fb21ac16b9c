package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What stands after a bar. Source: Jinja's documentation, "List of Builtin Filters". */
final class Filters {
    private final Budget budget;
    private final Methods methods;

    Filters(Budget budget) {
        this.budget = budget;
        this.methods = new Methods(budget);
    }

    Value apply(String name, Value value, Arguments given) {
        return switch (name) {
            case "tojson" ->
                    new JsonWriter(
                                    budget,
                                    given.findInt(0, "indent")
                                            .map(i -> Math.clamp(i, 0, 16))
                                            .orElse(-1),
                                    given.flag(3, "sort_keys"))
                            .text(value);
            case "safe", "string" -> Values.text(value, budget);
            case "length", "count" -> new Value.Int(length(value));
            case "default", "d" -> {
                boolean missing =
                        value instanceof Value.Undefined
                                || (given.flag(1, "boolean") && !Values.truth(value));
                yield missing ? given.find(0, "default_value").orElse(Text.EMPTY) : value;
            }
            case "items" ->
                    switch (value) {
                        case Value.Dict(Map<String, Value> entries) ->
                                Values.pairs(entries, budget);
                        case Value.Json(Text _, Value.Dict(Map<String, Value> entries)) ->
                                Values.pairs(entries, budget);
                        case Value.Undefined _ -> new Value.Items(List.of());
                        default -> throw JinjaFailure.of("items of " + Values.kind(value));
                    };
            case "dictsort" -> {
                budget.hold(entries(value).size());
                yield Values.pairs(new TreeMap<>(entries(value)), budget);
            }
            case "int" -> whole(value, given);
            case "float" -> new Value.Real(real(value, given));
            case "abs" ->
                    Values.compare(value, new Value.Int(0), budget) < 0
                            ? Arithmetic.negative(value)
                            : value;
            case "round" -> round(value, given);
            case "attr" -> throw JinjaFailure.of("the filter 'attr' is not allowed");
            default ->
                    text(name, value, given)
                            .or(() -> list(name, value, given))
                            .orElseThrow(
                                    () ->
                                            JinjaFailure.of(
                                                    "there is no filter '"
                                                            + (name.length() > 40
                                                                    ? name.substring(0, 40)
                                                                    : name)
                                                            + "'"));
        };
    }

    private Optional<Value> text(String name, Value value, Arguments given) {
        return switch (name) {
            case "trim" -> Optional.of(methods.strip(string(value), true, true, given));
            case "upper" -> Optional.of(cased(value, PythonText::upper));
            case "lower" -> Optional.of(cased(value, PythonText::lower));
            case "capitalize" -> Optional.of(cased(value, PythonText::capitalized));
            case "title" -> Optional.of(cased(value, PythonText::titled));
            case "replace" ->
                    Optional.of(
                            methods.replaced(
                                    string(value),
                                    given.text(0, "old"),
                                    given.text(1, "new"),
                                    given.findInt(2, "count").orElse(-1)));
            case "indent" -> Optional.of(indented(string(value), given));
            case "escape", "e", "forceescape" -> Optional.of(escaped(string(value)));
            case "wordcount" ->
                    Optional.of(
                            new Value.Int(
                                    Values.items(methods.call(string(value), "split"), budget)
                                            .size()));
            default -> Optional.empty();
        };
    }

    private Text cased(Value value, java.util.function.UnaryOperator<String> change) {
        Text text = string(value);
        budget.make(text.length());
        return text.changed(change.apply(text.value()));
    }

    private Text string(Value value) {
        return Values.text(value, budget);
    }

    private Text escaped(Text text) {
        Text out = text;
        for (String[] pair :
                new String[][] {
                    {"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"'", "&#39;"}, {"\"", "&#34;"}
                }) {
            out = methods.replaced(out, Text.own(pair[0]), Text.own(pair[1]), -1);
        }
        return out;
    }

    private Text indented(Text text, Arguments given) {
        String indent =
                given.find(0, "width").filter(Text.class::isInstance).isPresent()
                        ? given.text(0, "width").value()
                        : " ".repeat(Math.clamp(given.findInt(0, "width").orElse(4), 0, 1000));
        boolean first = given.flag(1, "first");
        boolean blank = given.flag(2, "blank");
        Text.Builder out = new Text.Builder();
        List<Value> lines = Values.items(methods.call(text, "split", Text.own("\n")), budget);
        for (int i = 0; i < lines.size(); i++) {
            Text line = (Text) lines.get(i);
            boolean padded = i == 0 ? first : blank || !PythonText.strip(line.value()).isEmpty();
            budget.make((long) line.length() + indent.length() + 1);
            out.add(Text.own((i > 0 ? "\n" : "") + (padded ? indent : ""))).add(line);
        }
        return out.text();
    }

    private long length(Value value) {
        return switch (value) {
            case Text text -> {
                budget.look(text.length());
                yield text.points();
            }
            case Value.Dict(Map<String, Value> entries) -> entries.size();
            default -> Values.items(value, budget).size();
        };
    }

    private static Map<String, Value> entries(Value value) {
        return switch (value) {
            case Value.Dict(Map<String, Value> entries) -> entries;
            case Value.Json(Text _, Value.Dict(Map<String, Value> entries)) -> entries;
            default -> throw JinjaFailure.of(Values.kind(value) + " is no dictionary");
        };
    }

    private Value whole(Value value, Arguments given) {
        Value standard = given.find(0, "default").orElse(new Value.Int(0));
        try {
            return switch (value) {
                case Value.Int number -> number;
                case Value.Real(double number) -> new Value.Int((long) number);
                case Value.Bool(boolean truth) -> new Value.Int(truth ? 1 : 0);
                case Text text ->
                        new Value.Int((long) Double.parseDouble(PythonText.strip(text.value())));
                default -> standard;
            };
        } catch (NumberFormatException notANumber) {
            return standard;
        }
    }

    private static double real(Value value, Arguments given) {
        try {
            return value instanceof Text text
                    ? Double.parseDouble(PythonText.strip(text.value()))
                    : Values.number(value).orElseThrow(NumberFormatException::new);
        } catch (NumberFormatException notANumber) {
            return given.find(0, "default").flatMap(Values::number).orElse(0.0);
        }
    }

    private static Value round(Value value, Arguments given) {
        double factor = Math.pow(10, Math.clamp(given.findInt(0, "precision").orElse(0), -15, 15));
        return new Value.Real(Math.rint(real(value, given) * factor) / factor);
    }

    private Optional<Value> list(String name, Value value, Arguments given) {
        return switch (name) {
            case "list" -> Optional.of(new Value.Items(counted(value)));
            case "first" -> {
                List<Value> values = counted(value);
                yield Optional.of(
                        values.isEmpty() ? new Value.Undefined("first") : values.getFirst());
            }
            case "last" -> {
                List<Value> values = counted(value);
                yield Optional.of(
                        values.isEmpty() ? new Value.Undefined("last") : values.getLast());
            }
            case "reverse" -> {
                List<Value> values = new ArrayList<>(counted(value));
                Collections.reverse(values);
                yield Optional.of(
                        value instanceof Text
                                ? methods.joined(Text.EMPTY, new Value.Items(values))
                                : new Value.Items(values));
            }
            case "join" -> {
                Optional<String> attribute = given.findText(1, "attribute").map(Text::value);
                List<Value> values =
                        counted(value).stream()
                                .map(one -> attribute.map(a -> field(one, a)).orElse(one))
                                .toList();
                yield Optional.of(
                        methods.joined(
                                given.findText(0, "d").orElse(Text.EMPTY),
                                new Value.Items(values)));
            }
            case "map" -> Optional.of(map(value, given));
            case "select" -> Optional.of(chosen(value, given, false, true));
            case "reject" -> Optional.of(chosen(value, given, false, false));
            case "selectattr" -> Optional.of(chosen(value, given, true, true));
            case "rejectattr" -> Optional.of(chosen(value, given, true, false));
            case "sort" -> Optional.of(sorted(value, given));
            case "unique" -> {
                List<Value> unique = new ArrayList<>();
                for (Value one : counted(value)) {
                    if (unique.stream().noneMatch(seen -> Values.same(seen, one, budget))) {
                        unique.add(one);
                    }
                }
                yield Optional.of(new Value.Items(unique));
            }
            case "min" ->
                    counted(value).stream()
                            .min((a, b) -> Values.compare(a, b, budget))
                            .or(() -> Optional.of(new Value.Undefined("min")));
            case "max" ->
                    counted(value).stream()
                            .max((a, b) -> Values.compare(a, b, budget))
                            .or(() -> Optional.of(new Value.Undefined("max")));
            case "sum" -> {
                Value sum = new Value.Int(0);
                for (Value one : counted(value)) {
                    sum = Arithmetic.of(sum, "+", one, budget);
                }
                yield Optional.of(sum);
            }
            default -> Optional.empty();
        };
    }

    private List<Value> counted(Value value) {
        List<Value> values = Values.items(value, budget);
        budget.hold(values.size()); // most of the filters make a list of their own
        return values;
    }

    private Value field(Value of, String path) {
        budget.steps(1 + path.length());
        Value value = of;
        for (String name : path.split("\\.", -1)) {
            if (name.startsWith("_")) {
                throw JinjaFailure.of("access to '" + name + "' is not allowed");
            }
            Value found = value instanceof Value.Dict(var entries) ? entries.get(name) : null;
            value = found == null ? new Value.Undefined(name) : found;
        }
        return value;
    }

    private Value map(Value value, Arguments given) {
        Optional<String> attribute =
                Optional.ofNullable(given.named().get("attribute"))
                        .map(a -> Values.text(a, budget).value());
        List<Value> mapped = new ArrayList<>();
        for (Value one : counted(value)) {
            if (attribute.isPresent()) {
                Value found = field(one, attribute.get());
                Value standard = given.named().get("default");
                mapped.add(found instanceof Value.Undefined && standard != null ? standard : found);
            } else {
                String filter = given.text(0, "filter").value();
                budget.enter();
                mapped.add(
                        apply(
                                filter,
                                one,
                                new Arguments(
                                        "filter " + filter,
                                        given.values().subList(1, given.values().size()),
                                        given.named())));
                budget.leave();
            }
        }
        return new Value.Items(mapped);
    }

    private Value chosen(Value value, Arguments given, boolean byField, boolean wanted) {
        int test = byField ? 1 : 0;
        List<Value> chosen = new ArrayList<>();
        for (Value one : counted(value)) {
            Value looked = byField ? field(one, given.text(0, "attribute").value()) : one;
            boolean holds =
                    given.values().size() > test
                            ? Tests.holds(
                                    test(given.text(test, "test").value()),
                                    looked,
                                    new Arguments(
                                            "test",
                                            given.values().subList(test + 1, given.values().size()),
                                            given.named()),
                                    budget)
                            : Values.truth(looked);
            if (holds == wanted) {
                chosen.add(one);
            }
        }
        return new Value.Items(chosen);
    }

    private static String test(String name) {
        return switch (name) {
            case "==" -> "eq";
            case "!=" -> "ne";
            case "<" -> "lt";
            case "<=" -> "le";
            case ">" -> "gt";
            case ">=" -> "ge";
            default -> name;
        };
    }

    private Value sorted(Value value, Arguments given) {
        Optional<String> attribute = given.findText(2, "attribute").map(Text::value);
        boolean exact = given.flag(1, "case_sensitive");
        List<Keyed> values = new ArrayList<>();
        for (Value one : counted(value)) {
            values.add(new Keyed(key(one, attribute, exact), one));
        }
        Comparator<Keyed> order = (a, b) -> Values.compare(a.key(), b.key(), budget);
        values.sort(given.flag(0, "reverse") ? order.reversed() : order);
        return new Value.Items(values.stream().map(Keyed::value).toList());
    }

    /** A value, and what it is sorted by. */
    private record Keyed(Value key, Value value) {}

    private Value key(Value value, Optional<String> attribute, boolean exact) {
        Value key = attribute.map(name -> field(value, name)).orElse(value);
        if (!(key instanceof Text text) || exact) {
            return key;
        }
        budget.make(text.length());
        return Text.own(text.value().toLowerCase(Locale.ROOT));
    }
}
