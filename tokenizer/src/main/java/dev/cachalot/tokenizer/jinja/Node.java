package dev.cachalot.tokenizer.jinja;

import java.util.List;
import java.util.Optional;

/** A statement of a template. */
sealed interface Node {
    record Data(Text text) implements Node {}

    record Output(Expr value, int line) implements Node {}

    record If(List<Branch> branches, List<Node> otherwise) implements Node {
        record Branch(Expr condition, List<Node> body, int line) {}
    }

    record For(
            List<String> targets,
            Expr values,
            Optional<Expr> filter,
            List<Node> body,
            List<Node> otherwise,
            int line)
            implements Node {}

    /** {@code {% set a, b = value %}}. */
    record Set(List<Target> targets, Expr value, int line) implements Node {}

    /** {@code {% set a %}…{% endset %}}, piped through a filter or not. */
    record SetBlock(Target target, List<Expr.Filter> filters, List<Node> body, int line)
            implements Node {}

    /** A name, or a field of a namespace. */
    record Target(String name, Optional<String> field) {}

    record Macro(String name, List<Parameter> parameters, List<Node> body) implements Node {}

    record Parameter(String name, Optional<Expr> standard) {}

    /** {@code {% call macro() %}…{% endcall %}}. */
    record CallBlock(List<Parameter> parameters, Expr call, List<Node> body, int line)
            implements Node {}

    /** {@code {% filter upper %}…{% endfilter %}}. */
    record FilterBlock(List<Expr.Filter> filters, List<Node> body, int line) implements Node {}

    /** {@code {% with a = 1 %}…{% endwith %}}, and a {@code generation} block with no names. */
    record With(List<Parameter> names, List<Node> body) implements Node {}

    record Break() implements Node {}

    record Continue() implements Node {}
}
