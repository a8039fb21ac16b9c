package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs a template's statements, within a budget. Used once. */
final class Interpreter {
    /** How a statement ended. */
    private enum End {
        DONE,
        BREAK,
        CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private Text.Builder out = new Text.Builder();

    Interpreter(Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    Text run(List<Node> nodes, Scope scope) {
        End _ = runAll(nodes, scope);
        return out.text();
    }

    private End runAll(List<Node> nodes, Scope scope) {
        budget.enter();
        for (Node node : nodes) {
            End end = run(node, scope);
            if (end != End.DONE) {
                budget.leave();
                return end;
            }
        }
        budget.leave();
        return End.DONE;
    }

    private End run(Node node, Scope scope) {
        budget.step();
        switch (node) {
            case Node.Data(Text text) -> write(text);
            case Node.Output(Expr value, int line) ->
                    write(Values.text(evaluate(value, scope, line), budget));
            case Node.If branches -> {
                return branch(branches, scope);
            }
            case Node.For loop -> loop(loop, scope);
            case Node.Set(List<Node.Target> targets, Expr expression, int line) ->
                    assign(targets, evaluate(expression, scope, line), scope, line);
            case Node.SetBlock(
                            Node.Target target,
                            List<Expr.Filter> filters,
                            List<Node> body,
                            int line) ->
                    assign(
                            target,
                            filtered(captured(body, new Scope(scope)), filters, scope, line),
                            scope,
                            line);
            case Node.Macro(String name, List<Node.Parameter> parameters, List<Node> body) ->
                    scope.set(name, macro(name, parameters, body, scope));
            case Node.CallBlock block -> call(block, scope);
            case Node.FilterBlock(List<Expr.Filter> filters, List<Node> body, int line) ->
                    write(
                            Values.text(
                                    filtered(
                                            captured(body, new Scope(scope)), filters, scope, line),
                                    budget));
            case Node.With(List<Node.Parameter> names, List<Node> body) -> {
                Scope inner = new Scope(scope);
                for (Node.Parameter name : names) {
                    name.standard()
                            .ifPresent(
                                    value ->
                                            inner.set(
                                                    name.name(), evaluator.evaluate(value, scope)));
                }
                return runAll(body, inner);
            }
            case Node.Break _ -> {
                return End.BREAK;
            }
            case Node.Continue _ -> {
                return End.CONTINUE;
            }
        }
        return End.DONE;
    }

    private void write(Text text) {
        budget.make(text.length());
        out.add(text);
    }

    private Value evaluate(Expr expression, Scope scope, int line) {
        try {
            return evaluator.evaluate(expression, scope);
        } catch (JinjaFailure failure) {
            String message = String.valueOf(failure.getMessage());
            if (failure.raised() || message.startsWith("line ")) {
                throw failure;
            }
            throw JinjaFailure.at(line, message);
        }
    }

    private End branch(Node.If branches, Scope scope) {
        for (Node.If.Branch branch : branches.branches()) {
            if (Values.truth(evaluate(branch.condition(), scope, branch.line()))) {
                return runAll(branch.body(), scope);
            }
        }
        return runAll(branches.otherwise(), scope);
    }

    private void loop(Node.For loop, Scope scope) {
        List<Value> values = Values.items(evaluate(loop.values(), scope, loop.line()), budget);
        budget.steps(values.size());
        if (loop.filter().isPresent()) {
            List<Value> kept = new ArrayList<>();
            for (Value value : values) {
                Scope inner = new Scope(scope);
                bind(loop.targets(), value, inner, loop.line());
                if (Values.truth(evaluate(loop.filter().get(), inner, loop.line()))) {
                    kept.add(value);
                }
            }
            values = kept;
        }
        if (values.isEmpty()) {
            End _ = runAll(loop.otherwise(), scope);
            return;
        }
        for (int i = 0; i < values.size(); i++) {
            Scope inner = new Scope(scope);
            bind(loop.targets(), values.get(i), inner, loop.line());
            inner.set("loop", new Value.Loop(values, i));
            if (runAll(loop.body(), inner) == End.BREAK) {
                break;
            }
        }
    }

    private void bind(List<String> targets, Value value, Scope scope, int line) {
        if (targets.size() == 1) {
            scope.set(targets.getFirst(), value);
            return;
        }
        List<Value> parts = unpacked(targets.size(), value, line);
        for (int i = 0; i < parts.size(); i++) {
            scope.set(targets.get(i), parts.get(i));
        }
    }

    private List<Value> unpacked(int wanted, Value value, int line) {
        List<Value> parts = Values.items(value, budget);
        if (parts.size() != wanted) {
            throw JinjaFailure.at(line, "%d values for %d names".formatted(parts.size(), wanted));
        }
        return parts;
    }

    private void assign(List<Node.Target> targets, Value value, Scope scope, int line) {
        if (targets.size() == 1) {
            assign(targets.getFirst(), value, scope, line);
            return;
        }
        List<Value> parts = unpacked(targets.size(), value, line);
        for (int i = 0; i < parts.size(); i++) {
            assign(targets.get(i), parts.get(i), scope, line);
        }
    }

    private static void assign(Node.Target target, Value value, Scope scope, int line) {
        if (target.field().isEmpty()) {
            scope.set(target.name(), value);
        } else if (scope.find(target.name()) instanceof Value.Space space) {
            space.entries.put(target.field().get(), value);
        } else {
            throw JinjaFailure.at(
                    line,
                    "'%s' is %s; only a namespace's fields can be set"
                            .formatted(target.name(), Values.kind(scope.find(target.name()))));
        }
    }

    private Text captured(List<Node> body, Scope scope) {
        Text.Builder outside = out;
        out = new Text.Builder();
        End _ = runAll(body, scope);
        Text text = out.text();
        out = outside;
        return text;
    }

    private Value filtered(Text text, List<Expr.Filter> filters, Scope scope, int line) {
        Value value = text;
        for (Expr.Filter filter : filters) {
            value =
                    evaluate(
                            new Expr.Filter(
                                    new Expr.Constant(value), filter.name(), filter.given()),
                            scope,
                            line);
        }
        return value;
    }

    private Value.Function macro(
            String name, List<Node.Parameter> parameters, List<Node> body, Scope scope) {
        return new Value.Function(name, given -> expand(name, parameters, body, scope, given));
    }

    private Text expand(
            String name,
            List<Node.Parameter> parameters,
            List<Node> body,
            Scope scope,
            Arguments given) {
        Scope inner = new Scope(scope);
        if (given.values().size() > parameters.size()) {
            throw JinjaFailure.of(
                    "the macro '%s' has %d parameters, but is called with %d"
                            .formatted(name, parameters.size(), given.values().size()));
        }
        for (int i = 0; i < parameters.size(); i++) {
            Node.Parameter parameter = parameters.get(i);
            Optional<Value> value = given.find(i, parameter.name());
            inner.set(
                    parameter.name(),
                    value.isPresent()
                            ? value.get()
                            : parameter.standard().isPresent()
                                    ? evaluator.evaluate(parameter.standard().get(), inner)
                                    : new Value.Undefined(parameter.name()));
        }
        Value caller = given.named().get("caller");
        if (caller != null) {
            inner.set("caller", caller);
        }
        return captured(body, inner);
    }

    private void call(Node.CallBlock block, Scope scope) {
        if (!(block.call() instanceof Expr.Call(Expr of, Expr.Given given))) {
            throw JinjaFailure.at(block.line(), "a call block has no call");
        }
        Map<String, Value> named = new LinkedHashMap<>();
        given.named().forEach(n -> named.put(n.name(), evaluate(n.value(), scope, block.line())));
        named.put("caller", macro("caller", block.parameters(), block.body(), scope));
        List<Value> values =
                given.values().stream().map(v -> evaluate(v, scope, block.line())).toList();
        Value function = evaluate(of, scope, block.line());
        write(
                Values.text(
                        evaluator.call(function, new Arguments("a call block", values, named)),
                        budget));
    }
}
