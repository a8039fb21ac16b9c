package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into data and tags, with {@code trim_blocks} and {@code lstrip_blocks} on, as
 * Hugging Face runs templates. Source: Jinja 3.1's documentation, "Whitespace Control".
 */
final class Lexer {
    /** What a token is. */
    enum Kind {
        DATA,
        OPEN_BLOCK,
        CLOSE_BLOCK,
        OPEN_OUTPUT,
        CLOSE_OUTPUT,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    record Token(Kind kind, String text, int line) {
        boolean is(String operator) {
            return kind == Kind.OPERATOR && text.equals(operator);
        }

        boolean isName(String name) {
            return kind == Kind.NAME && text.equals(name);
        }
    }

    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*([-+]?)%\\}");
    private static final Pattern END_RAW = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");
    private static final Pattern NUMBER =
            Pattern.compile("(\\d+(?:_\\d+)*)(\\.\\d+)?([eE][+-]?\\d+)?");
    private static final Set<String> PAIRS = Set.of("==", "!=", "<=", ">=", "//", "**");
    private static final String SINGLES = "+-*/%~|=<>()[]{},:.";

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int counted; // where line was last brought up to date
    private boolean trimLeft; // the tag before ends with a minus
    private boolean trimNewline; // the tag before is a block's or comment's, without a plus
    private boolean lineStart = true; // nothing stands before in this line

    private Lexer(String source) {
        this.source = source;
    }

    static List<Token> cut(String template) {
        String source = template.replace("\r\n", "\n").replace('\r', '\n');
        if (source.endsWith("\n")) {
            source = source.substring(0, source.length() - 1);
        }
        Lexer lexer = new Lexer(source);
        while (lexer.at < source.length()) {
            lexer.next();
        }
        lexer.add(Kind.END, "");
        return lexer.tokens;
    }

    private void next() {
        int from = at;
        int tag = tag(from);
        at = tag;
        String data = source.substring(from, tag);
        boolean starts = lineStart;
        if (trimLeft) {
            String rest = data.substring(spaces(data));
            starts =
                    rest.length() < data.length()
                            && data.charAt(data.length() - rest.length() - 1) == '\n';
            starts |= rest.length() == data.length() && lineStart;
            data = rest;
        } else if (trimNewline && data.startsWith("\n")) {
            data = data.substring(1);
            starts = true;
        }
        trimLeft = false;
        trimNewline = false;
        if (tag == source.length()) {
            addData(data);
            return;
        }
        char kind = source.charAt(tag + 1);
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        if (sign == '-') {
            data = data.substring(0, data.length() - endSpaces(data));
        } else if (sign != '+' && kind != '{') {
            data = withoutIndent(data, starts);
        }
        addData(data);
        lineStart = false;
        at = tag + 2 + (sign == '-' || sign == '+' ? 1 : 0);
        switch (kind) {
            case '#' -> comment();
            case '%' -> {
                Matcher raw = RAW.matcher(source).region(tag, source.length());
                if (raw.lookingAt()) {
                    raw(raw);
                } else {
                    expression(Kind.OPEN_BLOCK, Kind.CLOSE_BLOCK, "%}");
                }
            }
            default -> expression(Kind.OPEN_OUTPUT, Kind.CLOSE_OUTPUT, "}}");
        }
    }

    /** Where the next tag opens, or the end. */
    private int tag(int from) {
        for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
            char after = i + 1 < source.length() ? source.charAt(i + 1) : ' ';
            if (after == '{' || after == '%' || after == '#') {
                return i;
            }
        }
        return source.length();
    }

    private static int spaces(String text) {
        int n = 0;
        while (n < text.length() && PythonText.isSpace(text.charAt(n))) {
            n++;
        }
        return n;
    }

    private static int endSpaces(String text) {
        int n = 0;
        while (n < text.length() && PythonText.isSpace(text.charAt(text.length() - 1 - n))) {
            n++;
        }
        return n;
    }

    /** Drops the white space between the line's beginning and a block. */
    private static String withoutIndent(String data, boolean starts) {
        int newline = data.lastIndexOf('\n');
        if (newline < 0 && !starts) {
            return data;
        }
        String indent = data.substring(newline + 1);
        return spaces(indent) == indent.length() ? data.substring(0, newline + 1) : data;
    }

    private void addData(String data) {
        if (!data.isEmpty()) {
            add(Kind.DATA, data);
        }
    }

    private void comment() {
        int end = source.indexOf("#}", at);
        if (end < 0) {
            throw failure("a comment is not closed; expected '#}'");
        }
        char sign = end > at ? source.charAt(end - 1) : ' ';
        at = end + 2;
        close(sign, true);
    }

    private void raw(Matcher open) {
        Matcher end = END_RAW.matcher(source);
        if (!end.find(open.end())) {
            throw failure("a raw block is not closed; expected '{% endraw %}'");
        }
        String data = source.substring(open.end(), end.start());
        if ("-".equals(open.group(1))) {
            data = data.substring(spaces(data));
        }
        if ("-".equals(end.group(1))) {
            data = data.substring(0, data.length() - endSpaces(data));
        } else if (!"+".equals(end.group(1))) {
            data = withoutIndent(data, false);
        }
        addData(data);
        at = end.end();
        String sign = end.group(2);
        close(sign == null || sign.isEmpty() ? ' ' : sign.charAt(0), true);
    }

    /** After a tag's end: what becomes of the white space that follows. */
    private void close(char sign, boolean block) {
        trimLeft = sign == '-';
        trimNewline = block && sign != '-' && sign != '+';
        lineStart = false;
    }

    private void expression(Kind open, Kind close, String end) {
        add(open, "");
        int braces = 0; // open dictionaries: theirs is not the tag's end
        while (true) {
            at += spaces(at);
            if (at >= source.length()) {
                throw failure("a tag is not closed; expected '" + end + "'");
            }
            char c = source.charAt(at);
            boolean signed = (c == '-' || c == '+') && source.startsWith(end, at + 1);
            if (braces == 0 && (signed || source.startsWith(end, at))) {
                at += signed ? 3 : 2;
                add(close, "");
                close(signed ? c : ' ', close == Kind.CLOSE_BLOCK);
                return;
            }
            braces += c == '{' ? 1 : c == '}' ? -1 : 0;
            token(c);
        }
    }

    private int spaces(int from) {
        int n = 0;
        while (from + n < source.length() && PythonText.isSpace(source.charAt(from + n))) {
            n++;
        }
        return n;
    }

    private void token(char c) {
        if (Character.isLetter(c) || c == '_') {
            int end = at;
            while (end < source.length()
                    && (Character.isLetterOrDigit(source.charAt(end))
                            || source.charAt(end) == '_')) {
                end++;
            }
            add(Kind.NAME, source.substring(at, end));
            at = end;
        } else if (c >= '0' && c <= '9') {
            Matcher number = NUMBER.matcher(source).region(at, Math.min(at + 64, source.length()));
            boolean found = number.lookingAt();
            boolean whole = number.group(2) == null && number.group(3) == null;
            if (!found || number.end() - at > 40) {
                throw failure("a number has more than 40 digits");
            }
            add(whole ? Kind.INTEGER : Kind.FLOAT, number.group().replace("_", ""));
            at = number.end();
        } else if (c == '"' || c == '\'') {
            string(c);
        } else if (at + 2 <= source.length() && PAIRS.contains(source.substring(at, at + 2))) {
            add(Kind.OPERATOR, source.substring(at, at + 2));
            at += 2;
        } else if (SINGLES.indexOf(c) >= 0) {
            add(Kind.OPERATOR, String.valueOf(c));
            at++;
        } else {
            throw failure("found '%c'; expected an expression".formatted(c));
        }
    }

    private void string(char quote) {
        StringBuilder text = new StringBuilder();
        int i = at + 1;
        while (true) {
            if (i >= source.length()) {
                throw failure("a string is not closed; expected " + quote);
            }
            char c = source.charAt(i);
            if (c == quote) {
                break;
            }
            if (c == '\\' && i + 1 < source.length()) {
                i = escape(i + 1, text);
            } else {
                text.append(c);
                i++;
            }
        }
        add(Kind.STRING, text.toString());
        at = i + 1;
    }

    /** Reads what follows a backslash as Python does; returns where to read on. */
    private int escape(int i, StringBuilder text) {
        char c = source.charAt(i);
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
        if (digits > 0) {
            if (i + 1 + digits > source.length()) {
                throw failure("an escape is cut off");
            }
            String hex = source.substring(i + 1, i + 1 + digits);
            try {
                text.appendCodePoint(Integer.parseInt(hex, 16));
            } catch (IllegalArgumentException notHex) {
                throw failure("'\\%c%s' is no escape".formatted(c, hex));
            }
            return i + 1 + digits;
        }
        int simple = "abfnrtv\\'\"".indexOf(c);
        if (simple >= 0) {
            text.append("\u0007\b\f\n\r\t\u000B\\'\"".charAt(simple));
        } else if (c == '0') {
            text.append('\0');
        } else if (c != '\n') {
            text.append('\\').append(c);
        }
        return i + 1;
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        for (; counted < Math.min(at, source.length()); counted++) {
            if (source.charAt(counted) == '\n') {
                line++;
            }
        }
        return line;
    }

    private JinjaFailure failure(String message) {
        return JinjaFailure.at(line(), message);
    }
}
