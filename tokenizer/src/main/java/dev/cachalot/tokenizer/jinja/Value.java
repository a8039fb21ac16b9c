package dev.cachalot.tokenizer.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a template can hold: nothing of Java is among it. */
public sealed interface Value
        permits Text,
                Value.Int,
                Value.Real,
                Value.Bool,
                Value.None,
                Value.Undefined,
                Value.Items,
                Value.Dict,
                Value.Json,
                Value.Space,
                Value.Loop,
                Value.Function {
    /** A whole number. */
    record Int(long value) implements Value {}

    /** A floating-point number. */
    record Real(double value) implements Value {}

    /** True or false. */
    record Bool(boolean value) implements Value {}

    /** Python's None. */
    record None() implements Value {}

    /** What a name that is not there stands for. */
    record Undefined(String name) implements Value {}

    /** A list or tuple; never changed. */
    record Items(List<Value> values) implements Value {}

    /** A dictionary with texts for keys; never changed. */
    record Dict(Map<String, Value> entries) implements Value {}

    /** JSON text that can be taken for what it says: a tool call's arguments. */
    record Json(Text text, Value parsed) implements Value {}

    /** The one thing that a template can change from within a loop. */
    final class Space implements Value {
        final Map<String, Value> entries = new LinkedHashMap<>();
    }

    /** What {@code loop} stands for. */
    record Loop(List<Value> values, int at) implements Value {}

    /** A function, macro or bound method. */
    record Function(String name, Body body) implements Value {
        /** What a function does. */
        @FunctionalInterface
        interface Body {
            Value call(Arguments arguments);
        }
    }

    Value TRUE = new Bool(true);
    Value FALSE = new Bool(false);
    Value NONE = new None();

    static Value of(boolean value) {
        return value ? TRUE : FALSE;
    }
}
