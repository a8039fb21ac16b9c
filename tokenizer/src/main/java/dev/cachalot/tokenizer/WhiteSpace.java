package dev.cachalot.tokenizer;

/** Unicode's White_Space property, which is what tokenizer files mean by {@code \s}. */
final class WhiteSpace {
    static boolean is(int c) {
        return c <= 0x20
                ? c == ' ' || (c >= 0x09 && c <= 0x0D)
                : c == 0x85
                        || c == 0xA0
                        || (c >= 0x1680
                                && (c == 0x1680
                                        || (c >= 0x2000 && c <= 0x200A)
                                        || c == 0x2028
                                        || c == 0x2029
                                        || c == 0x202F
                                        || c == 0x205F
                                        || c == 0x3000));
    }

    private WhiteSpace() {}
}
