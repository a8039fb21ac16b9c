package dev.cachalot.tokenizer.jinja;

/** What {@code is} asks. Source: Jinja's documentation, "List of Builtin Tests". */
final class Tests {
    static boolean holds(String name, Value value, Arguments given, Budget budget) {
        return switch (name) {
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "none" -> value instanceof Value.None;
            case "string" -> value instanceof Text || value instanceof Value.Json;
            case "mapping" ->
                    value instanceof Value.Dict
                            || value instanceof Value.Json(Text _, Value.Dict _);
            case "sequence" ->
                    value instanceof Text
                            || value instanceof Value.Items
                            || value instanceof Value.Dict
                            || value instanceof Value.Json;
            case "iterable" ->
                    value instanceof Text
                            || value instanceof Value.Items
                            || value instanceof Value.Dict
                            || value instanceof Value.Json
                            || value instanceof Value.Undefined;
            case "number" ->
                    value instanceof Value.Int
                            || value instanceof Value.Real
                            || value instanceof Value.Bool;
            case "integer" -> value instanceof Value.Int;
            case "float" -> value instanceof Value.Real;
            case "boolean" -> value instanceof Value.Bool;
            case "true" -> value.equals(Value.TRUE);
            case "false" -> value.equals(Value.FALSE);
            case "callable" -> value instanceof Value.Function;
            case "sameas" -> {
                Value other = given.require(0, "other");
                yield Values.same(value, other, budget)
                        && Values.kind(value).equals(Values.kind(other));
            }
            case "eq", "equalto" -> Values.same(value, given.require(0, "other"), budget);
            case "ne" -> !Values.same(value, given.require(0, "other"), budget);
            case "lt", "lessthan" -> Values.compare(value, given.require(0, "other"), budget) < 0;
            case "le" -> Values.compare(value, given.require(0, "other"), budget) <= 0;
            case "gt", "greaterthan" ->
                    Values.compare(value, given.require(0, "other"), budget) > 0;
            case "ge" -> Values.compare(value, given.require(0, "other"), budget) >= 0;
            case "in" ->
                    Values.items(given.require(0, "seq"), budget).stream()
                            .anyMatch(one -> Values.same(one, value, budget));
            case "odd" -> Math.floorMod(Values.smallInt(value, "the number"), 2) == 1;
            case "even" -> Math.floorMod(Values.smallInt(value, "the number"), 2) == 0;
            case "divisibleby" -> {
                int by = Values.smallInt(given.require(0, "num"), "the divisor");
                if (by == 0) {
                    throw JinjaFailure.of("a division by zero");
                }
                yield Values.smallInt(value, "the number") % by == 0;
            }
            case "lower" -> value instanceof Text text && isCased(text, true, budget);
            case "upper" -> value instanceof Text text && isCased(text, false, budget);
            default ->
                    throw JinjaFailure.of(
                            "there is no test '"
                                    + (name.length() > 40 ? name.substring(0, 40) : name)
                                    + "'");
        };
    }

    private static boolean isCased(Text text, boolean lower, Budget budget) {
        budget.make(2L * text.length());
        boolean small = text.value().equals(PythonText.lower(text.value()));
        boolean large = text.value().equals(PythonText.upper(text.value()));
        return small != large && small == lower;
    }

    private Tests() {}
}
