package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads expressions with Jinja's order of precedence. Source: its documentation, "Expressions". */
class ExpressionParser extends TokenReader {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and", "if", "is");

    ExpressionParser(List<Lexer.Token> tokens) {
        super(tokens);
    }

    /** An expression, or several with commas: a tuple. */
    final Expr tuple() {
        Expr first = expression();
        if (!peek().is(",")) {
            return first;
        }
        List<Expr> values = new ArrayList<>(List.of(first));
        while (takeIf(",") && peek().kind() != Lexer.Kind.CLOSE_OUTPUT) {
            values.add(expression());
        }
        return new Expr.Listing(values);
    }

    final Expr expression() {
        enter();
        Expr value = or();
        while (takeIfName("if")) {
            Expr condition = or();
            Optional<Expr> no =
                    takeIfName("else") ? Optional.of(expression()) : Optional.<Expr>empty();
            value = new Expr.Choice(condition, value, no);
        }
        leave();
        return value;
    }

    /** As {@link #expression}, without a condition: what a loop runs over. */
    final Expr or() {
        Expr left = and();
        while (takeIfName("or")) {
            left = new Expr.Or(left, and());
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (takeIfName("and")) {
            left = new Expr.And(left, not());
        }
        return left;
    }

    private Expr not() {
        if (peek().isName("not")) {
            enter();
            take();
            Expr of = not();
            leave();
            return new Expr.Not(of);
        }
        return compare();
    }

    private Expr compare() {
        Expr first = sum();
        List<Expr.Compare.Step> steps = new ArrayList<>();
        while (true) {
            if (peek().kind() == Lexer.Kind.OPERATOR && COMPARISONS.contains(peek().text())) {
                String operator = take().text();
                steps.add(new Expr.Compare.Step(operator, sum()));
            } else if (takeIfName("in")) {
                steps.add(new Expr.Compare.Step("in", sum()));
            } else if (peek().isName("not") && peekSecond().isName("in")) {
                take();
                take();
                steps.add(new Expr.Compare.Step("not in", sum()));
            } else {
                return steps.isEmpty() ? first : new Expr.Compare(first, steps);
            }
        }
    }

    private Expr sum() {
        Expr left = join();
        while (peek().is("+") || peek().is("-")) {
            String operator = take().text();
            left = new Expr.Binary(left, operator, join());
        }
        return left;
    }

    private Expr join() {
        Expr left = product();
        while (takeIf("~")) {
            left = new Expr.Binary(left, "~", product());
        }
        return left;
    }

    private Expr product() {
        Expr left = power();
        while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
            String operator = take().text();
            left = new Expr.Binary(left, operator, power());
        }
        return left;
    }

    private Expr power() {
        Expr left = unary(true);
        while (takeIf("**")) {
            left = new Expr.Binary(left, "**", unary(true));
        }
        return left;
    }

    private Expr unary(boolean filtered) {
        enter();
        Expr value;
        if (takeIf("-")) {
            value = new Expr.Negative(unary(false));
        } else if (takeIf("+")) {
            value = unary(false);
        } else {
            value = primary();
        }
        value = postfix(value);
        if (filtered) {
            value = filters(value);
        }
        leave();
        return value;
    }

    private Expr filters(Expr value) {
        Expr filtered = value;
        while (true) {
            if (peek().is("|")) {
                take();
                filtered = filter(filtered);
            } else if (takeIfName("is")) {
                filtered = test(filtered);
            } else if (peek().is("(")) {
                filtered = new Expr.Call(filtered, given());
            } else {
                return filtered;
            }
        }
    }

    final Expr.Filter filter(Expr of) {
        String name = dotted();
        return new Expr.Filter(of, name, peek().is("(") ? given() : Expr.Given.NOTHING);
    }

    private String dotted() {
        StringBuilder name = new StringBuilder(name());
        while (takeIf(".")) {
            name.append('.').append(name());
        }
        return name.toString();
    }

    private Expr test(Expr of) {
        boolean negated = takeIfName("not");
        String name = dotted();
        Expr.Given given = Expr.Given.NOTHING;
        if (peek().is("(")) {
            given = given();
        } else if (startsArgument()) {
            given = new Expr.Given(List.of(postfix(primary())), List.of());
        }
        return new Expr.Test(of, name, given, negated);
    }

    private boolean startsArgument() {
        return switch (peek().kind()) {
            case NAME ->
                    !AFTER_TEST.contains(peek().text())
                            && !peek().isName("not")
                            && !peek().isName("in");
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> peek().is("[") || peek().is("{");
            default -> false;
        };
    }

    private Expr postfix(Expr value) {
        Expr of = value;
        while (true) {
            if (takeIf(".")) {
                of =
                        peek().kind() == Lexer.Kind.INTEGER
                                ? new Expr.Element(of, number())
                                : new Expr.Field(of, name());
            } else if (takeIf("[")) {
                of = element(of);
            } else if (peek().is("(")) {
                of = new Expr.Call(of, given());
            } else {
                return of;
            }
        }
    }

    private Expr element(Expr of) {
        Optional<Expr> from = peek().is(":") ? Optional.<Expr>empty() : Optional.of(expression());
        if (from.isPresent() && takeIf("]")) {
            return new Expr.Element(of, from.get());
        }
        expect(":");
        Optional<Expr> to = bound();
        Optional<Expr> step = takeIf(":") ? bound() : Optional.<Expr>empty();
        expect("]");
        return new Expr.Slice(of, from, to, step);
    }

    private Optional<Expr> bound() {
        return peek().is(":") || peek().is("]")
                ? Optional.<Expr>empty()
                : Optional.of(expression());
    }

    final Expr.Given given() {
        expect("(");
        List<Expr> values = new ArrayList<>();
        List<Expr.Given.Named> named = new ArrayList<>();
        while (!takeIf(")")) {
            if (peek().kind() == Lexer.Kind.NAME && peekSecond().is("=")) {
                String name = name();
                take();
                named.add(new Expr.Given.Named(name, expression()));
            } else {
                values.add(expression());
            }
            if (!peek().is(")")) {
                expect(",");
            }
        }
        return new Expr.Given(values, named);
    }

    private Expr primary() {
        Lexer.Token token = peek();
        return switch (token.kind()) {
            case NAME -> name(take().text());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (peek().kind() == Lexer.Kind.STRING) {
                    text.append(take().text());
                }
                yield new Expr.Constant(Text.own(text.toString()));
            }
            case INTEGER, FLOAT -> number();
            case OPERATOR -> bracket();
            default -> throw unexpected("an expression");
        };
    }

    private static Expr name(String name) {
        return switch (name) {
            case "true", "True" -> new Expr.Constant(Value.TRUE);
            case "false", "False" -> new Expr.Constant(Value.FALSE);
            case "none", "None" -> new Expr.Constant(Value.NONE);
            default -> new Expr.Name(name);
        };
    }

    private Expr number() {
        Lexer.Token token = take();
        if (token.kind() == Lexer.Kind.FLOAT) {
            return new Expr.Constant(new Value.Real(Double.parseDouble(token.text())));
        }
        try {
            return new Expr.Constant(new Value.Int(Long.parseLong(token.text())));
        } catch (NumberFormatException tooLarge) {
            throw JinjaFailure.at(token.line(), token.text() + " is too large a number");
        }
    }

    private Expr bracket() {
        if (takeIf("(")) {
            List<Expr> values = new ArrayList<>();
            boolean comma = false;
            while (!takeIf(")")) {
                values.add(expression());
                if (!peek().is(")")) {
                    expect(",");
                    comma = true;
                }
            }
            return values.size() == 1 && !comma ? values.getFirst() : new Expr.Listing(values);
        }
        if (takeIf("[")) {
            List<Expr> values = new ArrayList<>();
            while (!takeIf("]")) {
                values.add(expression());
                if (!peek().is("]")) {
                    expect(",");
                }
            }
            return new Expr.Listing(values);
        }
        if (takeIf("{")) {
            List<Expr.Dictionary.Entry> entries = new ArrayList<>();
            while (!takeIf("}")) {
                Expr key = expression();
                expect(":");
                entries.add(new Expr.Dictionary.Entry(key, expression()));
                if (!peek().is("}")) {
                    expect(",");
                }
            }
            return new Expr.Dictionary(entries);
        }
        throw unexpected("an expression");
    }
}
