package dev.cachalot.chat;

import java.nio.charset.StandardCharsets;

/**
 * Follows one JSON value, character by character, to its end. Looks at quotes and brackets only, so
 * it takes broken JSON too.
 */
final class JsonValue {
    private enum Kind {
        NOTHING_YET,
        BRACKETED,
        QUOTED,
        BARE
    }

    private Kind kind = Kind.NOTHING_YET;
    private int depth;
    private boolean quoted; // within a string
    private boolean escaped; // the last character was a backslash that escapes
    private boolean broken; // this string has a character that JSON forbids there
    private boolean done;

    /** Takes the next character; false where the value ended before it. */
    boolean accept(char c) {
        if (done || (kind == Kind.BARE && (isSpace(c) || c == ',' || c == '}' || c == ']'))) {
            return false;
        }
        if (kind == Kind.NOTHING_YET) {
            kind = c == '"' ? Kind.QUOTED : c == '{' || c == '[' ? Kind.BRACKETED : Kind.BARE;
        }
        if (quoted) {
            within(c);
        } else if (c == '"') {
            quoted = true;
            broken = false;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
            done = kind == Kind.BRACKETED && depth == 0;
        }
        return true;
    }

    private void within(char c) {
        if (escaped) {
            escaped = false;
        } else if (c == '\\') {
            escaped = true;
        } else if (c == '"') {
            quoted = false;
            done = kind == Kind.QUOTED;
        }
        broken |= c < ' ';
    }

    /** Whether the last character taken ended it. */
    boolean done() {
        return done;
    }

    /**
     * Whether the next character stands within a string of proper JSON, where a mark that is
     * spelled out is text. A raw line break ends that: proper JSON has none in a string.
     */
    boolean withinString() {
        return quoted && !broken;
    }

    /** JSON's white space. */
    static boolean isSpace(char c) {
        return c == ' ' || c == '\n' || c == '\r' || c == '\t';
    }

    /** What a string stands for, without its quotes; escapes that are none stay as they are. */
    static String unescaped(String string) {
        StringBuilder out = new StringBuilder(string.length());
        int at = 1;
        while (at < string.length() - 1) {
            char c = string.charAt(at++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = string.charAt(at++);
            int plain = "\"\\/bfnrt".indexOf(kind);
            int code = kind == 'u' ? code(string, at) : -1;
            if (plain >= 0) {
                out.append("\"\\/\b\f\n\r\t".charAt(plain));
            } else if (code >= 0) {
                out.append((char) code);
                at += 4;
            } else {
                out.append(c).append(kind);
            }
        }
        // half a character becomes a question mark
        return new String(out.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    private static int code(String string, int at) {
        int code = 0;
        for (int i = at; i < at + 4; i++) {
            int digit =
                    i < string.length() && string.charAt(i) < 0x80
                            ? Character.digit(string.charAt(i), 16)
                            : -1;
            if (digit < 0) {
                return -1;
            }
            code = code << 4 | digit;
        }
        return code;
    }
}
