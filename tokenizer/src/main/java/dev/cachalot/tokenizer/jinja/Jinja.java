package dev.cachalot.tokenizer.jinja;

import java.time.Clock;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A template in the dialect of Jinja that Hugging Face runs chat templates in. It can reach nothing
 * but what it is given: there is no include, no import, no file, no class; and it ends, for steps,
 * time, depth and text are limited. May be used by many threads at once.
 */
public final class Jinja {
    private static final int LONGEST = 1 << 20;
    private static final int LONGEST_RANGE = 100_000;

    private final List<Node> nodes;
    private final Clock clock;

    private Jinja(List<Node> nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    /**
     * Reads a template.
     *
     * @param clock what {@code strftime_now} reads
     * @throws JinjaFailure when it is none, or uses what is not allowed
     */
    public static Jinja parse(String template, Clock clock) {
        if (template.length() > LONGEST) {
            throw JinjaFailure.of(
                    "it has %,d characters; expected at most %,d"
                            .formatted(template.length(), LONGEST));
        }
        try {
            return new Jinja(TemplateParser.parse(template), clock);
        } catch (StackOverflowError tooDeep) {
            throw JinjaFailure.of("it is nested too deep");
        }
    }

    /**
     * Runs the template.
     *
     * @throws JinjaFailure when it fails, or does more than the budget allows
     */
    public Text render(Map<String, Value> context, Budget budget) {
        Scope globals = new Scope(null);
        globals.set("namespace", function("namespace", given -> namespace(given, budget)));
        globals.set("dict", function("dict", given -> new Value.Dict(given.named())));
        globals.set("range", function("range", given -> range(given, budget)));
        globals.set(
                "raise_exception",
                function(
                        "raise_exception",
                        given -> {
                            throw JinjaFailure.raisedByTemplate(
                                    Values.text(given.require(0, "message"), budget).value());
                        }));
        globals.set(
                "strftime_now",
                function(
                        "strftime_now",
                        given ->
                                Text.own(
                                        StrfTime.format(
                                                given.text(0, "format").value(),
                                                LocalDateTime.now(clock)))));
        Scope scope = new Scope(globals);
        context.forEach(scope::set);
        try {
            return budget.written(new Interpreter(budget).run(nodes, scope));
        } catch (StackOverflowError tooDeep) {
            throw JinjaFailure.of("it is nested too deep");
        }
    }

    private static Value.Function function(String name, Value.Function.Body body) {
        return new Value.Function(name, body);
    }

    private static Value namespace(Arguments given, Budget budget) {
        Value.Space space = new Value.Space();
        for (Value value : given.values()) {
            if (value instanceof Value.Dict(Map<String, Value> entries)) {
                budget.hold(entries.size());
                space.entries.putAll(entries);
            }
        }
        space.entries.putAll(given.named());
        return space;
    }

    private static Value range(Arguments given, Budget budget) {
        long[] bounds = {0, 0, 1};
        int count = given.values().size();
        for (int i = 0; i < Math.min(3, count); i++) {
            bounds[count == 1 ? 1 : i] = Values.smallInt(given.values().get(i), "a bound of range");
        }
        if (count == 0 || count > 3 || bounds[2] == 0) {
            throw JinjaFailure.of("range needs one to three bounds and a step that is not 0");
        }
        List<Value> values = new ArrayList<>();
        for (long i = bounds[0]; bounds[2] > 0 ? i < bounds[1] : i > bounds[1]; i += bounds[2]) {
            if (values.size() == LONGEST_RANGE) {
                throw JinjaFailure.of("a range has more than %,d values".formatted(LONGEST_RANGE));
            }
            budget.hold(1);
            values.add(new Value.Int(i));
        }
        return new Value.Items(values);
    }

    /** A dictionary of alternating names and values. */
    public static Value.Dict dict(Object... namesAndValues) {
        Map<String, Value> entries = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.put(
                    (String) namesAndValues[i],
                    (Value) Objects.requireNonNull(namesAndValues[i + 1]));
        }
        return new Value.Dict(entries);
    }
}
