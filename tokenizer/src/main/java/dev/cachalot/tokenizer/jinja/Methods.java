package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Methods of Python's strings and dictionaries that templates call, and {@code loop}'s fields. */
final class Methods {
    private final Budget budget;

    Methods(Budget budget) {
        this.budget = budget;
    }

    /** A method bound to its value; empty where there is none of that name. */
    Optional<Value> find(Value of, String name) {
        return switch (of) {
            case Text text -> text(text, name);
            case Value.Json(Text text, Value parsed) ->
                    text(text, name).or(() -> find(parsed, name));
            case Value.Dict(Map<String, Value> entries) -> dictionary(entries, name);
            case Value.Loop loop when name.equals("cycle") ->
                    bound(
                            name,
                            given -> {
                                if (given.values().isEmpty()) {
                                    throw JinjaFailure.of("loop.cycle has no values");
                                }
                                return given.values().get(loop.at() % given.values().size());
                            });
            default -> Optional.empty();
        };
    }

    /** What a method of a text gives. */
    Value call(Text of, String name, Value... given) {
        return switch (text(of, name).orElseThrow()) {
            case Value.Function(String _, Value.Function.Body body) ->
                    body.call(new Arguments(name, List.of(given), Map.of()));
            default -> throw JinjaFailure.of(name + " cannot be called");
        };
    }

    private static Optional<Value> bound(String name, Value.Function.Body body) {
        return Optional.of(new Value.Function(name, body));
    }

    static Value loop(Value.Loop loop, String name) {
        int size = loop.values().size();
        int at = loop.at();
        return switch (name) {
            case "index" -> new Value.Int(at + 1L);
            case "index0" -> new Value.Int(at);
            case "revindex" -> new Value.Int((long) size - at);
            case "revindex0" -> new Value.Int(size - at - 1L);
            case "first" -> Value.of(at == 0);
            case "last" -> Value.of(at == size - 1);
            case "length" -> new Value.Int(size);
            case "depth" -> new Value.Int(1); // of recursive loops, which there are not
            case "depth0" -> new Value.Int(0);
            case "previtem" ->
                    at > 0 ? loop.values().get(at - 1) : new Value.Undefined("loop.previtem");
            case "nextitem" ->
                    at < size - 1
                            ? loop.values().get(at + 1)
                            : new Value.Undefined("loop.nextitem");
            default -> new Value.Undefined("loop." + name);
        };
    }

    private Optional<Value> dictionary(Map<String, Value> entries, String name) {
        return switch (name) {
            case "items" -> bound(name, _ -> Values.pairs(entries, budget));
            case "keys" ->
                    bound(
                            name,
                            _ -> new Value.Items(Values.items(new Value.Dict(entries), budget)));
            case "values" ->
                    bound(
                            name,
                            _ -> {
                                budget.hold(entries.size());
                                return new Value.Items(new ArrayList<>(entries.values()));
                            });
            case "get" ->
                    bound(
                            name,
                            given -> {
                                Value value = entries.get(given.text(0, "key").value());
                                return value != null
                                        ? value
                                        : given.find(1, "default").orElse(Value.NONE);
                            });
            default -> Optional.empty();
        };
    }

    private Optional<Value> text(Text text, String name) {
        return switch (name) {
            case "strip" -> bound(name, given -> strip(text, true, true, given));
            case "lstrip" -> bound(name, given -> strip(text, true, false, given));
            case "rstrip" -> bound(name, given -> strip(text, false, true, given));
            case "split" -> bound(name, given -> split(text, given, false));
            case "rsplit" -> bound(name, given -> split(text, given, true));
            case "splitlines" -> bound(name, _ -> lines(text));
            case "startswith" ->
                    bound(
                            name,
                            given -> any(text, given, prefix -> text.value().startsWith(prefix)));
            case "endswith" ->
                    bound(name, given -> any(text, given, suffix -> text.value().endsWith(suffix)));
            case "removeprefix" ->
                    bound(
                            name,
                            given -> {
                                String prefix = given.text(0, "prefix").value();
                                return text.value().startsWith(prefix)
                                        ? text.slice(prefix.length(), text.length())
                                        : text;
                            });
            case "removesuffix" ->
                    bound(
                            name,
                            given -> {
                                String suffix = given.text(0, "suffix").value();
                                return text.value().endsWith(suffix)
                                        ? text.slice(0, text.length() - suffix.length())
                                        : text;
                            });
            case "find" ->
                    bound(name, given -> place(text, text.value().indexOf(looked(text, given))));
            case "rfind" ->
                    bound(
                            name,
                            given -> place(text, text.value().lastIndexOf(looked(text, given))));
            case "count" ->
                    bound(
                            name,
                            given -> {
                                Text part = given.text(0, "sub");
                                return new Value.Int(
                                        part.length() == 0
                                                ? text.length() + 1L
                                                : split(text, part, -1, false).size() - 1L);
                            });
            case "replace" ->
                    bound(
                            name,
                            given ->
                                    replaced(
                                            text,
                                            given.text(0, "old"),
                                            given.text(1, "new"),
                                            given.findInt(2, "count").orElse(-1)));
            case "join" -> bound(name, given -> joined(text, given.require(0, "iterable")));
            case "upper" -> bound(name, _ -> cased(text, PythonText.upper(text.value())));
            case "lower" -> bound(name, _ -> cased(text, PythonText.lower(text.value())));
            case "capitalize" ->
                    bound(name, _ -> cased(text, PythonText.capitalized(text.value())));
            case "title" -> bound(name, _ -> cased(text, PythonText.titled(text.value())));
            case "isdigit" -> bound(name, _ -> all(text, Character::isDigit));
            case "isalpha" -> bound(name, _ -> all(text, Character::isLetter));
            case "isalnum" -> bound(name, _ -> all(text, Character::isLetterOrDigit));
            case "isspace" ->
                    bound(name, _ -> all(text, c -> c < 0x10000 && PythonText.isSpace((char) c)));
            default -> Optional.empty();
        };
    }

    private String looked(Text text, Arguments given) {
        Text part = given.text(0, "sub");
        budget.search(text, part);
        return part.value();
    }

    /** A place in a text as Python counts it. */
    private static Value place(Text text, int at) {
        return new Value.Int(at < 0 ? -1 : text.value().codePointCount(0, at));
    }

    private Value all(Text text, java.util.function.IntPredicate is) {
        budget.look(8L * text.length());
        return Value.of(text.length() > 0 && text.value().codePoints().allMatch(is));
    }

    Text cased(Text text, String changed) {
        budget.make(changed.length());
        return text.changed(changed);
    }

    private Value any(Text text, Arguments given, java.util.function.Predicate<String> holds) {
        Value wanted = given.require(0, "prefix");
        budget.look(text.length());
        if (wanted instanceof Value.Items(List<Value> several)) {
            budget.steps(several.size() * (1 + text.length() / 256L));
            return Value.of(
                    several.stream()
                            .anyMatch(one -> one instanceof Text part && holds.test(part.value())));
        }
        return Value.of(holds.test(given.text(0, "prefix").value()));
    }

    Text strip(Text text, boolean left, boolean right, Arguments given) {
        budget.make(text.length());
        String characters = given.findText(0, "chars").map(Text::value).orElse("");
        budget.look((long) text.length() * characters.length());
        return text.strip(left, right, characters);
    }

    private Value split(Text text, Arguments given, boolean fromRight) {
        Optional<Text> separator = given.findText(0, "sep");
        int most = given.findInt(1, "maxsplit").orElse(-1);
        if (separator.isPresent() && separator.get().length() == 0) {
            throw JinjaFailure.of("split has an empty separator");
        }
        budget.make(text.length());
        return new Value.Items(
                separator.isPresent()
                        ? split(text, separator.get(), most, fromRight)
                        : words(text, most));
    }

    private List<Value> split(Text text, Text separator, int most, boolean fromRight) {
        String mark = separator.value();
        budget.search(text, separator);
        List<Integer> cuts = new ArrayList<>();
        if (fromRight) {
            int end = text.length();
            while (most < 0 || cuts.size() < most) {
                int at =
                        end < mark.length()
                                ? -1
                                : text.value().lastIndexOf(mark, end - mark.length());
                if (at < 0) {
                    break;
                }
                budget.hold(1);
                cuts.add(at);
                end = at;
            }
            Collections.reverse(cuts); // found from the end
        } else {
            for (int at = text.value().indexOf(mark);
                    at >= 0 && (most < 0 || cuts.size() < most);
                    at = text.value().indexOf(mark, at + mark.length())) {
                budget.hold(1);
                cuts.add(at);
            }
        }
        List<Value> parts = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            parts.add(text.slice(from, cut));
            from = cut + mark.length();
        }
        parts.add(text.slice(from, text.length()));
        return parts;
    }

    private List<Value> words(Text text, int most) {
        List<Value> words = new ArrayList<>();
        int at = 0;
        while (true) {
            while (at < text.length() && PythonText.isSpace(text.value().charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                return words;
            }
            if (most >= 0 && words.size() == most) {
                words.add(text.slice(at, text.length()).strip(false, true, ""));
                return words;
            }
            int from = at;
            while (at < text.length() && !PythonText.isSpace(text.value().charAt(at))) {
                at++;
            }
            budget.hold(1);
            words.add(text.slice(from, at));
        }
    }

    private Value lines(Text text) {
        budget.make(text.length());
        List<Value> lines = split(text, Text.own("\n"), -1, false);
        if (((Text) lines.getLast()).length() == 0) {
            lines.removeLast();
        }
        return new Value.Items(lines);
    }

    Text replaced(Text text, Text old, Text with, int most) {
        if (old.length() == 0) {
            throw JinjaFailure.of("replace looks for an empty string");
        }
        List<Value> parts = split(text, old, most, false);
        budget.make(text.length() + (long) with.length() * parts.size());
        Text.Builder out = new Text.Builder();
        for (int i = 0; i < parts.size(); i++) {
            if (i > 0) {
                out.add(with);
            }
            out.add((Text) parts.get(i));
        }
        return out.text();
    }

    Text joined(Text separator, Value values) {
        Text.Builder out = new Text.Builder();
        boolean first = true;
        for (Value value : Values.items(values, budget)) {
            Text part = Values.text(value, budget);
            budget.make((long) part.length() + separator.length());
            if (!first) {
                out.add(separator);
            }
            first = false;
            out.add(part);
        }
        return out.text();
    }
}
