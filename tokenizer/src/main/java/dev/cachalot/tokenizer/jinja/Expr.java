package dev.cachalot.tokenizer.jinja;

import java.util.List;
import java.util.Optional;

/** An expression of a template. */
sealed interface Expr {
    record Constant(Value value) implements Expr {}

    record Name(String name) implements Expr {}

    record Listing(List<Expr> values) implements Expr {}

    record Dictionary(List<Entry> entries) implements Expr {
        record Entry(Expr key, Expr value) {}
    }

    record Field(Expr of, String name) implements Expr {}

    record Element(Expr of, Expr index) implements Expr {}

    record Slice(Expr of, Optional<Expr> from, Optional<Expr> to, Optional<Expr> step)
            implements Expr {}

    record Call(Expr of, Given given) implements Expr {}

    record Filter(Expr of, String name, Given given) implements Expr {}

    record Test(Expr of, String name, Given given, boolean negated) implements Expr {}

    record Not(Expr of) implements Expr {}

    record Negative(Expr of) implements Expr {}

    record Binary(Expr left, String operator, Expr right) implements Expr {}

    record And(Expr left, Expr right) implements Expr {}

    record Or(Expr left, Expr right) implements Expr {}

    /** {@code a < b <= c}. */
    record Compare(Expr first, List<Step> steps) implements Expr {
        record Step(String operator, Expr right) {}
    }

    record Choice(Expr condition, Expr yes, Optional<Expr> no) implements Expr {}

    /** Arguments of a call. */
    record Given(List<Expr> values, List<Named> named) {
        static final Given NOTHING = new Given(List.of(), List.of());

        record Named(String name, Expr value) {}
    }
}
