package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a template's statements. */
final class TemplateParser extends ExpressionParser {
    private static final Set<String> FORBIDDEN =
            Set.of("include", "import", "from", "extends", "block", "do", "trans", "debug");

    private TemplateParser(List<Lexer.Token> tokens) {
        super(tokens);
    }

    static List<Node> parse(String template) {
        TemplateParser parser = new TemplateParser(Lexer.cut(template));
        return parser.body(Set.of());
    }

    /** Statements up to one of the tags that end them, which is left to be read. */
    private List<Node> body(Set<String> ends) {
        enter();
        List<Node> nodes = new ArrayList<>();
        while (true) {
            Lexer.Token token = peek();
            switch (token.kind()) {
                case DATA -> nodes.add(new Node.Data(Text.own(take().text())));
                case OPEN_OUTPUT -> {
                    take();
                    nodes.add(new Node.Output(tuple(), token.line()));
                    expect(Lexer.Kind.CLOSE_OUTPUT, "'}}'");
                }
                case OPEN_BLOCK -> {
                    if (peekSecond().kind() == Lexer.Kind.NAME
                            && ends.contains(peekSecond().text())) {
                        take();
                        leave();
                        return nodes;
                    }
                    take();
                    nodes.add(statement(token.line()));
                }
                default -> {
                    if (token.kind() != Lexer.Kind.END || !ends.isEmpty()) {
                        throw unexpected(
                                ends.isEmpty()
                                        ? "a tag"
                                        : "{% "
                                                + String.join(
                                                        " or ", ends.stream().sorted().toList())
                                                + " %}");
                    }
                    leave();
                    return nodes;
                }
            }
        }
    }

    /** The rest of the ending tag. */
    private void end(String name) {
        expectName(name);
        close();
    }

    private void close() {
        expect(Lexer.Kind.CLOSE_BLOCK, "'%}'");
    }

    private Node statement(int line) {
        String name = name();
        return switch (name) {
            case "if" -> branches(line);
            case "for" -> loop(line);
            case "set" -> set(line);
            case "macro" -> macro();
            case "call" -> call(line);
            case "filter" -> {
                List<Expr.Filter> filters = pipe(filter(nothing()));
                close();
                List<Node> body = body(Set.of("endfilter"));
                end("endfilter");
                yield new Node.FilterBlock(filters, body, line);
            }
            case "with" -> with();
            case "generation" -> { // marks what is learned in training; we mark that ourselves
                close();
                List<Node> body = body(Set.of("endgeneration"));
                end("endgeneration");
                yield new Node.With(List.of(), body);
            }
            case "break" -> {
                close();
                yield new Node.Break();
            }
            case "continue" -> {
                close();
                yield new Node.Continue();
            }
            default ->
                    throw JinjaFailure.at(
                            line,
                            FORBIDDEN.contains(name)
                                    ? "'%s' is not allowed in a chat template".formatted(name)
                                    : "there is no statement '%s'".formatted(shortened(name)));
        };
    }

    private static String shortened(String name) {
        return name.length() > 40 ? name.substring(0, 40) + "…" : name;
    }

    private static Expr nothing() {
        return new Expr.Constant(Value.NONE);
    }

    private Node branches(int line) {
        List<Node.If.Branch> branches = new ArrayList<>();
        int at = line;
        while (true) {
            Expr condition = expression();
            close();
            branches.add(new Node.If.Branch(condition, body(Set.of("elif", "else", "endif")), at));
            at = peek().line();
            if (takeIfName("elif")) {
                continue;
            }
            List<Node> otherwise = List.of();
            if (takeIfName("else")) {
                close();
                otherwise = body(Set.of("endif"));
            }
            end("endif");
            return new Node.If(branches, otherwise);
        }
    }

    private Node loop(int line) {
        List<String> targets = new ArrayList<>();
        boolean bracket = takeIf("(");
        do {
            targets.add(name());
        } while (takeIf(","));
        if (bracket) {
            expect(")");
        }
        expectName("in");
        Expr values = or();
        Optional<Expr> filter =
                takeIfName("if") ? Optional.of(expression()) : Optional.<Expr>empty();
        if (peek().isName("recursive")) {
            throw JinjaFailure.at(line, "a recursive loop is not allowed in a chat template");
        }
        close();
        List<Node> body = body(Set.of("else", "endfor"));
        List<Node> otherwise = List.of();
        if (takeIfName("else")) {
            close();
            otherwise = body(Set.of("endfor"));
        }
        end("endfor");
        return new Node.For(targets, values, filter, body, otherwise, line);
    }

    private Node set(int line) {
        List<Node.Target> targets = new ArrayList<>();
        do {
            String name = name();
            Optional<String> field = takeIf(".") ? Optional.of(name()) : Optional.<String>empty();
            targets.add(new Node.Target(name, field));
        } while (takeIf(","));
        if (takeIf("=")) {
            Expr value = setTuple();
            close();
            return new Node.Set(targets, value, line);
        }
        if (targets.size() > 1) {
            throw unexpected("'='");
        }
        List<Expr.Filter> filters = takeIf("|") ? pipe(filter(nothing())) : List.<Expr.Filter>of();
        close();
        List<Node> body = body(Set.of("endset"));
        end("endset");
        return new Node.SetBlock(targets.getFirst(), filters, body, line);
    }

    private Expr setTuple() {
        Expr first = expression();
        if (!peek().is(",")) {
            return first;
        }
        List<Expr> values = new ArrayList<>(List.of(first));
        while (takeIf(",")) {
            values.add(expression());
        }
        return new Expr.Listing(values);
    }

    private List<Expr.Filter> pipe(Expr.Filter first) {
        List<Expr.Filter> filters = new ArrayList<>(List.of(first));
        while (takeIf("|")) {
            filters.add(filter(nothing()));
        }
        return filters;
    }

    private List<Node.Parameter> parameters() {
        expect("(");
        List<Node.Parameter> parameters = new ArrayList<>();
        while (!takeIf(")")) {
            String name = name();
            parameters.add(
                    new Node.Parameter(
                            name,
                            takeIf("=") ? Optional.of(expression()) : Optional.<Expr>empty()));
            if (!peek().is(")")) {
                expect(",");
            }
        }
        return parameters;
    }

    private Node macro() {
        String name = name();
        List<Node.Parameter> parameters = parameters();
        close();
        List<Node> body = body(Set.of("endmacro"));
        end("endmacro");
        return new Node.Macro(name, parameters, body);
    }

    private Node call(int line) {
        List<Node.Parameter> parameters = peek().is("(") ? parameters() : List.<Node.Parameter>of();
        Expr call = expression();
        close();
        List<Node> body = body(Set.of("endcall"));
        end("endcall");
        return new Node.CallBlock(parameters, call, body, line);
    }

    private Node with() {
        List<Node.Parameter> names = new ArrayList<>();
        while (peek().kind() == Lexer.Kind.NAME) {
            String name = name();
            expect("=");
            names.add(new Node.Parameter(name, Optional.of(expression())));
            takeIf(",");
        }
        close();
        List<Node> body = body(Set.of("endwith"));
        end("endwith");
        return new Node.With(names, body);
    }
}
