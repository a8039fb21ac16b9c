package dev.cachalot.tokenizer;

import java.util.regex.Pattern;

/** One spelling for patterns that files write with escapes or with the characters themselves. */
final class PatternSpelling {
    private static final Pattern ESCAPE =
            Pattern.compile("\\\\u([0-9A-Fa-f]{4})|\\\\x\\{([0-9A-Fa-f]{1,6})}");

    /** Pure ASCII: line ends and all characters beyond ASCII as escapes. */
    static String canonical(String pattern) {
        StringBuilder canonical = new StringBuilder();
        literal(pattern)
                .codePoints()
                .forEach(
                        c -> {
                            if (c == '\r') {
                                canonical.append("\\r");
                            } else if (c == '\n') {
                                canonical.append("\\n");
                            } else if (c < 128) {
                                canonical.append((char) c);
                            } else {
                                canonical.append(
                                        (c < 0x10000 ? "\\u%04X" : "\\x{%X}").formatted(c));
                            }
                        });
        return canonical.toString();
    }

    /** Every escaped code point as the character itself; the classes and line ends stay escaped. */
    static String literal(String pattern) {
        return ESCAPE.matcher(pattern)
                .replaceAll(
                        match -> {
                            String hex = match.group(1) == null ? match.group(2) : match.group(1);
                            int c = Integer.parseInt(hex, 16);
                            return Character.isValidCodePoint(c) ? Character.toString(c) : "\uFFFD";
                        });
    }

    private PatternSpelling() {}
}
