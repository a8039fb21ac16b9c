package dev.cachalot.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Names and what they stand for; an inner scope sees the outer ones but sets only its own. */
final class Scope {
    private final @Nullable Scope outer;
    private final Map<String, Value> names = new HashMap<>();

    Scope(@Nullable Scope outer) {
        this.outer = outer;
    }

    Value find(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            Value value = scope.names.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Value.Undefined(name);
    }

    void set(String name, Value value) {
        names.put(name, value);
    }
}
