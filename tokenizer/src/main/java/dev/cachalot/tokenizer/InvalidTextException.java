package dev.cachalot.tokenizer;

/** A text cannot be written in UTF-8 because half of a surrogate pair is missing. */
public final class InvalidTextException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private InvalidTextException(String message) {
        super(message);
    }

    /** Returns when every surrogate in the text has its partner. */
    static void checkSurrogates(String text) {
        int at = loneSurrogate(text);
        if (at >= 0) {
            throw new InvalidTextException(
                    "the text has a lone surrogate U+%04X at index %d of %d; expected valid Unicode; "
                                    .formatted((int) text.charAt(at), at, text.length())
                            + "was it cut in the middle of a character?");
        }
    }

    /** The place of the first surrogate without its partner, or -1. */
    static int loneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean paired =
                    Character.isHighSurrogate(c)
                            ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                            : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
            if (!paired) {
                return i;
            }
        }
        return -1;
    }
}
