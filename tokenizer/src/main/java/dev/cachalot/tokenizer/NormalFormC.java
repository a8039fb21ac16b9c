package dev.cachalot.tokenizer;

import java.text.Normalizer;
import java.util.Arrays;

/**
 * Unicode's normal form C in time that grows with the text, whatever the text. The library sorts
 * the marks of a character by inserting one after another, so long runs come to it sorted.
 */
final class NormalFormC {
    /** No character below is changed by normal form C, nor joins with one before it. */
    private static final char FIRST_MARK = 0x300;

    /** Runs of marks up to this length are left to the library: no language has longer ones. */
    private static final int LONGEST_RUN = 64;

    static String of(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) < FIRST_MARK) {
            at++;
        }
        if (at == text.length()) {
            return text;
        }
        String sorted = withSortedMarks(text, at);
        return Normalizer.isNormalized(sorted, Normalizer.Form.NFC)
                ? sorted
                : Normalizer.normalize(sorted, Normalizer.Form.NFC);
    }

    /** The text with the marks of long runs in canonical order, which is equivalent. */
    private static String withSortedMarks(String text, int from) {
        StringBuilder sorted = null;
        int done = 0;
        int at = from;
        while (at < text.length()) {
            int end = at;
            int length = 0;
            while (end < text.length()
                    && (CharacterKind.of(text.codePointAt(end)) & CharacterKind.MARK) != 0) {
                end += Character.charCount(text.codePointAt(end));
                length++;
            }
            if (length > LONGEST_RUN) {
                sorted = sorted == null ? new StringBuilder(text.length()) : sorted;
                sorted.append(text, done, at);
                sortMarks(text, at, end, sorted);
                done = end;
            }
            at = end == at ? at + Character.charCount(text.codePointAt(at)) : end;
        }
        return sorted == null ? text : sorted.append(text, done, text.length()).toString();
    }

    private static void sortMarks(String text, int from, int to, StringBuilder sorted) {
        StringBuilder parts = new StringBuilder(to - from); // some marks stand for two
        for (int at = from; at < to; ) {
            int mark = text.codePointAt(at);
            parts.append(MarkClasses.decomposed(mark));
            at += Character.charCount(mark);
        }
        int[] marks = parts.codePoints().toArray();
        int start = 0;
        for (int i = 0; i <= marks.length; i++) {
            if (i == marks.length || MarkClasses.of(marks[i]) == 0) {
                sortStretch(marks, start, i);
                start = i + 1; // a mark of class 0 stays where it is
            }
        }
        for (int mark : marks) {
            sorted.appendCodePoint(mark);
        }
    }

    private static void sortStretch(int[] marks, int from, int to) {
        if (to - from < 2) {
            return;
        }
        long[] keys = new long[to - from];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = (long) MarkClasses.of(marks[from + i]) << 32 | i;
        }
        Arrays.sort(keys);
        int[] before = Arrays.copyOfRange(marks, from, to);
        for (int i = 0; i < keys.length; i++) {
            marks[from + i] = before[(int) keys[i]];
        }
    }

    private NormalFormC() {}
}
