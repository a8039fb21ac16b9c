package dev.cachalot.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a function, filter or test is called with. */
record Arguments(String function, List<Value> values, Map<String, Value> named) {
    static Arguments none(String function) {
        return new Arguments(function, List.of(), Map.of());
    }

    Optional<Value> find(int index, String name) {
        return index < values.size()
                ? Optional.of(values.get(index))
                : Optional.ofNullable(named.get(name));
    }

    Value require(int index, String name) {
        return find(index, name)
                .orElseThrow(
                        () -> JinjaFailure.of(function + " lacks its argument '" + name + "'"));
    }

    Text text(int index, String name) {
        return asText(require(index, name), name);
    }

    Optional<Text> findText(int index, String name) {
        return find(index, name)
                .filter(value -> !(value instanceof Value.None))
                .map(value -> asText(value, name));
    }

    private Text asText(Value value, String name) {
        return switch (value) {
            case Text text -> text;
            case Value.Json(Text text, Value _) -> text;
            default ->
                    throw JinjaFailure.of(
                            "the argument '%s' of %s is %s; expected a string"
                                    .formatted(name, function, Values.kind(value)));
        };
    }

    Optional<Integer> findInt(int index, String name) {
        return find(index, name)
                .filter(value -> !(value instanceof Value.None))
                .map(value -> Values.smallInt(value, "the argument '" + name + "' of " + function));
    }

    boolean flag(int index, String name) {
        return find(index, name).map(Values::truth).orElse(false);
    }
}
