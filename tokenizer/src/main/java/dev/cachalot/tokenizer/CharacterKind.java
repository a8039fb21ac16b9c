package dev.cachalot.tokenizer;

/** What patterns of tokenizer files ask of a character, as bits. */
final class CharacterKind {
    static final int LETTER = 1;
    static final int MARK = 1 << 1;
    static final int NUMBER = 1 << 2;
    static final int SIGN = 1 << 3; // punctuation or symbol
    static final int SPACE = 1 << 4;
    static final int LINE_END = 1 << 5; // carriage return or line feed only
    static final int HAN_OR_KANA = 1 << 6; // the range of DeepSeek-V3's files

    private static final byte[] BASIC = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];

    static {
        for (int c = 0; c < BASIC.length; c++) {
            BASIC[c] = (byte) looked(c);
        }
    }

    /** The bits of a code point. */
    static int of(int c) {
        return c < BASIC.length ? BASIC[c] : looked(c);
    }

    private static int looked(int c) {
        int kind =
                switch (Character.getType(c)) {
                    case Character.UPPERCASE_LETTER,
                            Character.LOWERCASE_LETTER,
                            Character.TITLECASE_LETTER,
                            Character.MODIFIER_LETTER,
                            Character.OTHER_LETTER ->
                            LETTER;
                    case Character.NON_SPACING_MARK,
                            Character.ENCLOSING_MARK,
                            Character.COMBINING_SPACING_MARK ->
                            MARK;
                    case Character.DECIMAL_DIGIT_NUMBER,
                            Character.LETTER_NUMBER,
                            Character.OTHER_NUMBER ->
                            NUMBER;
                    case Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.CONNECTOR_PUNCTUATION,
                            Character.OTHER_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.FINAL_QUOTE_PUNCTUATION,
                            Character.MATH_SYMBOL,
                            Character.CURRENCY_SYMBOL,
                            Character.MODIFIER_SYMBOL,
                            Character.OTHER_SYMBOL ->
                            SIGN;
                    default -> 0;
                };
        boolean hanOrKana = (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3040 && c <= 0x30FF);
        return kind
                | (WhiteSpace.is(c) ? SPACE : 0)
                | (c == '\r' || c == '\n' ? LINE_END : 0)
                | (hanOrKana ? HAN_OR_KANA : 0);
    }

    private CharacterKind() {}
}
