package dev.cachalot.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes values as Python's {@code json.dumps(value, ensure_ascii=False)} does. */
final class JsonWriter {
    private static final int NESTED = 50;

    private final StringBuilder out = new StringBuilder();
    private final Budget budget;
    private final int indent; // of a level; -1 for everything in one line
    private final boolean sorted;
    private boolean foreign;

    JsonWriter(Budget budget, int indent, boolean sorted) {
        this.budget = budget;
        this.indent = indent;
        this.sorted = sorted;
    }

    /** The JSON; from outside where anything in it is. */
    Text text(Value value) {
        write(value, 0);
        return foreign ? Text.foreign(out.toString()) : Text.own(out.toString());
    }

    private void write(Value value, int depth) {
        if (depth > NESTED) {
            throw JinjaFailure.of("a value for JSON is nested deeper than " + NESTED);
        }
        budget.make(4L + (long) Math.max(0, indent) * depth);
        switch (value) {
            case Text text -> {
                foreign |= text.isForeign();
                quote(text.value());
            }
            case Value.Json(Text text, Value parsed) -> {
                foreign = true;
                if (parsed instanceof Value.None) {
                    quote(text.value());
                } else {
                    write(parsed, depth);
                }
            }
            case Value.Int(long number) -> out.append(number);
            case Value.Real(double number) -> out.append(Values.real(number));
            case Value.Bool(boolean truth) -> out.append(truth);
            case Value.None _ -> out.append("null");
            case Value.Items(List<Value> values) -> {
                out.append('[');
                for (int i = 0; i < values.size(); i++) {
                    separate(i, depth + 1);
                    write(values.get(i), depth + 1);
                }
                end(values.size(), depth, ']');
            }
            case Value.Dict(Map<String, Value> entries) -> {
                out.append('{');
                int i = 0;
                for (Map.Entry<String, Value> entry :
                        (sorted ? new TreeMap<>(entries) : entries).entrySet()) {
                    separate(i++, depth + 1);
                    foreign = true;
                    quote(entry.getKey());
                    out.append(": ");
                    write(entry.getValue(), depth + 1);
                }
                end(i, depth, '}');
            }
            default -> throw JinjaFailure.of(Values.kind(value) + " cannot be written as JSON");
        }
    }

    private void quote(String text) {
        budget.make(text.length());
        int before = out.length();
        PythonText.quote(text, out);
        budget.make(out.length() - before - text.length()); // escapes
    }

    private void separate(int index, int depth) {
        if (indent < 0) {
            out.append(index > 0 ? ", " : "");
        } else {
            out.append(index > 0 ? ",\n" : "\n").repeat(" ", indent * depth);
        }
    }

    private void end(int size, int depth, char bracket) {
        if (indent >= 0 && size > 0) {
            out.append('\n').repeat(" ", indent * depth);
        }
        out.append(bracket);
    }
}
