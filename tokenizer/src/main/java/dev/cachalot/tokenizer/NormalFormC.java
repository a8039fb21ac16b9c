package dev.cachalot.tokenizer;

import java.text.Normalizer;

/** Unicode's normal form C in time that grows with the text, whatever the text. */
final class NormalFormC {
    /** No character below is changed by normal form C, nor joins with one before it. */
    private static final char FIRST_MARK = 0x300;

    static String of(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) < FIRST_MARK) {
            at++;
        }
        return at == text.length() || Normalizer.isNormalized(text, Normalizer.Form.NFC)
                ? text
                : Normalizer.normalize(text, Normalizer.Form.NFC);
    }

    private NormalFormC() {}
}
