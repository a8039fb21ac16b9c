package dev.cachalot.tokenizer;

import static dev.cachalot.tokenizer.CharacterKind.LINE_END;
import static dev.cachalot.tokenizer.CharacterKind.NUMBER;

import dev.cachalot.tokenizer.PreTokenizer.Pieces;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Pattern lists whose patterns are runs of one set of characters each, read by hand: every stage
 * cuts what the one before left.
 */
final class ScanStages {
    /**
     * One pattern of a list: a run of characters.
     *
     * @param set the characters
     * @param one whether a run ends after one of them
     * @param afterSpace whether one white space before the run belongs to it
     */
    private record Stage(IntPredicate set, boolean one, boolean afterSpace) {
        /** The end of the match that begins here, or {@code at} if none does. */
        int end(String text, int at, int to) {
            int c = text.codePointAt(at);
            int second = at + Character.charCount(c);
            if (afterSpace
                    && WhiteSpace.is(c)
                    && second < to
                    && set.test(text.codePointAt(second))) {
                return run(text, second, to);
            }
            return set.test(c) ? run(text, at, to) : at;
        }

        private int run(String text, int from, int to) {
            int at = from;
            do {
                at += Character.charCount(text.codePointAt(at));
            } while (!one && at < to && set.test(text.codePointAt(at)));
            return at;
        }
    }

    private final List<Stage> stages;
    private final int spaceAtEnd; // before this stage, white space at the end is cut off

    private ScanStages(List<Stage> stages, int spaceAtEnd) {
        this.stages = stages;
        this.spaceAtEnd = spaceAtEnd;
    }

    /** The list of DeepSeek's first models and of V2. */
    static Scan.Cutter deepSeekLlm(String letters, String signs, String notLatin) {
        BitSet letterSet = set(letters);
        BitSet signSet = set(signs);
        BitSet notLatinSet = set(notLatin);
        ScanStages scan =
                new ScanStages(
                        List.of(
                                new Stage(c -> (CharacterKind.of(c) & LINE_END) != 0, true, false),
                                new Stage(letterSet::get, false, true),
                                new Stage(signSet::get, false, true),
                                new Stage(notLatinSet::get, false, false),
                                new Stage(c -> (CharacterKind.of(c) & NUMBER) != 0, false, false)),
                        3);
        return (text, from, to, pieces) -> scan.cut(0, text, from, to, pieces);
    }

    private void cut(int depth, String text, int from, int to, Pieces pieces) {
        int end = to;
        while (depth == spaceAtEnd && end > from && WhiteSpace.is(text.charAt(end - 1))) {
            end--;
        }
        cutRuns(depth, text, from, end, pieces);
        cutRuns(depth, text, end, to, pieces);
    }

    private void cutRuns(int depth, String text, int from, int to, Pieces pieces) {
        if (from == to) {
            return;
        }
        if (depth == stages.size()) {
            pieces.piece(from, to);
            return;
        }
        Stage stage = stages.get(depth);
        int done = from;
        int at = from;
        while (at < to) {
            int matched = stage.end(text, at, to);
            if (matched == at) {
                at += Character.charCount(text.codePointAt(at));
                continue;
            }
            cut(depth + 1, text, done, at, pieces);
            cut(depth + 1, text, at, matched, pieces);
            at = matched;
            done = matched;
        }
        cut(depth + 1, text, done, to, pieces);
    }

    /** The characters of a class that is written as ranges and single characters alone. */
    private static BitSet set(String written) {
        int[] literal = PatternSpelling.literal(written).codePoints().toArray();
        BitSet set = new BitSet();
        for (int i = 0; i < literal.length; i++) {
            if (i + 2 < literal.length && literal[i + 1] == '-') {
                set.set(literal[i], literal[i + 2] + 1);
                i += 2;
            } else {
                set.set(literal[i]);
            }
        }
        return set;
    }
}
