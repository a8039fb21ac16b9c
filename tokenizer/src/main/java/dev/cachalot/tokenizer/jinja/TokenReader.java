package dev.cachalot.tokenizer.jinja;

import java.util.List;

/** Walks over a template's tokens and counts how deep its reader is nested. */
class TokenReader {
    private static final int DEPTH = 100;

    private final List<Lexer.Token> tokens;
    private int at;
    private int depth;

    TokenReader(List<Lexer.Token> tokens) {
        this.tokens = tokens;
    }

    final Lexer.Token peek() {
        return tokens.get(at);
    }

    final Lexer.Token peekSecond() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    final Lexer.Token take() {
        Lexer.Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    final boolean takeIf(String operator) {
        boolean found = peek().is(operator);
        if (found) {
            take();
        }
        return found;
    }

    final boolean takeIfName(String name) {
        boolean found = peek().isName(name);
        if (found) {
            take();
        }
        return found;
    }

    final void expect(String operator) {
        if (!takeIf(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    final void expectName(String name) {
        if (!takeIfName(name)) {
            throw unexpected("'" + name + "'");
        }
    }

    final void expect(Lexer.Kind kind, String what) {
        if (peek().kind() != kind) {
            throw unexpected(what);
        }
        take();
    }

    final String name() {
        if (peek().kind() != Lexer.Kind.NAME) {
            throw unexpected("a name");
        }
        return take().text();
    }

    final void enter() {
        if (++depth > DEPTH) {
            throw JinjaFailure.at(peek().line(), "it is nested deeper than " + DEPTH);
        }
    }

    final void leave() {
        depth--;
    }

    final JinjaFailure unexpected(String expected) {
        Lexer.Token found = peek();
        String text = found.text().length() > 40 ? found.text().substring(0, 40) : found.text();
        return JinjaFailure.at(
                found.line(),
                "found %s; expected %s"
                        .formatted(
                                switch (found.kind()) {
                                    case END -> "the end of the template";
                                    case CLOSE_BLOCK, CLOSE_OUTPUT -> "the end of the tag";
                                    default -> "'" + text + "'";
                                },
                                expected));
    }
}
