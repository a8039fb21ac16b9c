package dev.cachalot.tokenizer;

import static dev.cachalot.tokenizer.CharacterKind.HAN_OR_KANA;
import static dev.cachalot.tokenizer.CharacterKind.LETTER;
import static dev.cachalot.tokenizer.CharacterKind.LINE_END;
import static dev.cachalot.tokenizer.CharacterKind.MARK;
import static dev.cachalot.tokenizer.CharacterKind.NUMBER;
import static dev.cachalot.tokenizer.CharacterKind.SIGN;
import static dev.cachalot.tokenizer.CharacterKind.SPACE;

import dev.cachalot.tokenizer.PreTokenizer.Pieces;

/**
 * The pattern lists of the commonest models read by hand, several times faster than by regular
 * expressions, which remain the specification. Each character is looked at a bounded number of
 * times. The text's surrogates are in pairs.
 */
final class Scan {
    /** A list of patterns read by hand: cuts {@code text[from, to)} as if it were the text. */
    @FunctionalInterface
    interface Cutter {
        void cut(String text, int from, int to, Pieces pieces);
    }

    /** DeepSeek-V3's three patterns, with numbers cut into groups of some digits. */
    static Cutter deepSeekV3(int digits) {
        return (text, from, to, pieces) -> {
            int start = from;
            while (start < to) {
                int kind = kind(text, start) & (NUMBER | HAN_OR_KANA);
                int end = start;
                while (end < to && (kind(text, end) & (NUMBER | HAN_OR_KANA)) == kind) {
                    end = next(text, end);
                }
                if ((kind & NUMBER) != 0) {
                    groups(text, start, end, digits, pieces);
                } else {
                    deepSeekWords(text, start, end, pieces);
                }
                start = end;
            }
        };
    }

    private static void groups(String text, int from, int to, int digits, Pieces pieces) {
        int start = from;
        while (start < to) {
            int end = start;
            for (int i = 0; i < digits && end < to; i++) {
                end = next(text, end);
            }
            pieces.piece(start, end);
            start = end;
        }
    }

    private static void deepSeekWords(String text, int from, int to, Pieces pieces) {
        int done = from; // all before is given away
        int at = from;
        while (at < to) {
            int end = deepSeekWord(text, at, to);
            if (end == at) {
                at = next(text, at); // fits no pattern
                continue;
            }
            if (done < at) {
                pieces.piece(done, at);
            }
            pieces.piece(at, end);
            at = end;
            done = end;
        }
        if (done < to) {
            pieces.piece(done, to);
        }
    }

    /** The end of the match that begins here, or {@code at} if none does. */
    private static int deepSeekWord(String text, int at, int to) {
        char c = text.charAt(at);
        int kind = kind(text, at);
        int second = next(text, at);
        if (c < 128 && (kind & SIGN) != 0 && second < to && isAsciiLetter(text.charAt(second))) {
            int end = second + 1;
            while (end < to && isAsciiLetter(text.charAt(end))) {
                end++;
            }
            return end;
        }
        if ((kind & (LETTER | MARK)) != 0) {
            return run(text, second, to, LETTER | MARK);
        }
        if ((kind & (LINE_END | SIGN)) == 0
                && second < to
                && (kind(text, second) & (LETTER | MARK)) != 0) {
            return run(text, second, to, LETTER | MARK);
        }
        int signs = c == ' ' ? second : at;
        if (signs < to && (kind(text, signs) & SIGN) != 0) {
            return run(text, run(text, signs, to, SIGN), to, LINE_END);
        }
        return (kind & SPACE) != 0 ? spaces(text, at, to) : at;
    }

    /** The pattern of Llama 3 and Qwen 2, with numbers cut into groups of some digits. */
    static Cutter llama3(int digits) {
        return (text, from, to, pieces) -> {
            int at = from;
            while (at < to) {
                int end = llamaWord(text, at, to, digits);
                pieces.piece(at, end);
                at = end;
            }
        };
    }

    /** Every character begins some match. */
    private static int llamaWord(String text, int at, int to, int digits) {
        char c = text.charAt(at);
        if (c == '\'') {
            int end = contraction(text, at, to, true);
            if (end > at) {
                return end;
            }
        }
        int kind = kind(text, at);
        int second = next(text, at);
        if ((kind & LETTER) != 0) {
            return run(text, second, to, LETTER);
        }
        if ((kind & NUMBER) != 0) {
            int end = second;
            for (int i = 1; i < digits && end < to && (kind(text, end) & NUMBER) != 0; i++) {
                end = next(text, end);
            }
            return end;
        }
        if ((kind & LINE_END) == 0 && second < to && (kind(text, second) & LETTER) != 0) {
            return run(text, second, to, LETTER);
        }
        int signs = c == ' ' ? second : at;
        if (signs < to && (kind(text, signs) & (SPACE | LETTER | NUMBER)) == 0) {
            return run(text, others(text, signs, to), to, LINE_END);
        }
        return spaces(text, at, to);
    }

    /** GPT-2's pattern. */
    static void gpt2(String text, int from, int to, Pieces pieces) {
        int at = from;
        while (at < to) {
            int end = gpt2Word(text, at, to);
            pieces.piece(at, end);
            at = end;
        }
    }

    private static int gpt2Word(String text, int at, int to) {
        char c = text.charAt(at);
        if (c == '\'') {
            int end = contraction(text, at, to, false);
            if (end > at) {
                return end;
            }
        }
        int word = c == ' ' ? at + 1 : at;
        int kind = word < to ? kind(text, word) : SPACE;
        if ((kind & LETTER) != 0) {
            return run(text, word, to, LETTER);
        }
        if ((kind & NUMBER) != 0) {
            return run(text, word, to, NUMBER);
        }
        if ((kind & SPACE) == 0) {
            return others(text, word, to);
        }
        int end = run(text, at, to, SPACE);
        return end < to && end - at > 1 ? end - 1 : end; // one space is left for the next word
    }

    /** Line ends with the space before them, or space but the last before a word. */
    private static int spaces(String text, int at, int to) {
        int end = run(text, at, to, SPACE);
        for (int last = end - 1; last >= at; last--) {
            if ((kind(text, last) & LINE_END) != 0) {
                return last + 1;
            }
        }
        return end < to && end - at > 1 ? end - 1 : end; // all white space is one char wide
    }

    private static int run(String text, int from, int to, int kinds) {
        int at = from;
        while (at < to && (kind(text, at) & kinds) != 0) {
            at = next(text, at);
        }
        return at;
    }

    /** The end of a run of what is neither space nor letter nor number. */
    private static int others(String text, int from, int to) {
        int at = from;
        while (at < to && (kind(text, at) & (SPACE | LETTER | NUMBER)) == 0) {
            at = next(text, at);
        }
        return at;
    }

    private static int contraction(String text, int at, int to, boolean anyCase) {
        if (at + 1 == to) {
            return at;
        }
        char first = lower(text.charAt(at + 1), anyCase);
        if (first == 's' || first == 't' || first == 'm' || first == 'd') {
            return at + 2;
        }
        if (at + 2 == to) {
            return at;
        }
        char second = lower(text.charAt(at + 2), anyCase);
        boolean two =
                switch (first) {
                    case 'r', 'v' -> second == 'e';
                    case 'l' -> second == 'l';
                    default -> false;
                };
        return two ? at + 3 : at;
    }

    /** Unicode's simple case folding, as far as the letters of contractions go. */
    private static char lower(char c, boolean anyCase) {
        if (!anyCase) {
            return c;
        }
        return c == '\u017F' ? 's' : c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
    }

    private static boolean isAsciiLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static int kind(String text, int at) {
        char c = text.charAt(at);
        return CharacterKind.of(Character.isHighSurrogate(c) ? text.codePointAt(at) : c);
    }

    private static int next(String text, int at) {
        return at + (Character.isHighSurrogate(text.charAt(at)) ? 2 : 1);
    }

    private Scan() {}
}
