package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * One conversation being written. Text between two marks is encoded as a whole, as by those who
 * write the whole conversation before they encode it; used by one thread.
 */
final class PromptWriter {
    private record Piece(String text, boolean learned) {}

    private final Tokenizer tokenizer;
    private final AddedTokenMatcher marks;
    private final IdBuffer ids = new IdBuffer();
    private final BitSet learned = new BitSet(); // positions with loss
    private final List<Piece> pending = new ArrayList<>(); // text since the last mark
    private boolean learning;

    /**
     * @param marks the tokenizer's added tokens
     */
    PromptWriter(Tokenizer tokenizer, AddedTokenMatcher marks) {
        this.tokenizer = tokenizer;
        this.marks = marks;
    }

    /** Finds the tokenizer's added tokens. */
    static AddedTokenMatcher marks(Tokenizer tokenizer) {
        return new AddedTokenMatcher(tokenizer.addedTokens(), UnaryOperator.identity());
    }

    /** What is written from now on counts as the model's own words, or does not. */
    void learning(boolean on) {
        learning = on;
    }

    /** Text from outside: whatever it spells, no mark comes out of it. */
    void text(String text) {
        if (!text.isEmpty()) {
            pending.add(new Piece(text, learning));
        }
    }

    /** Text of the form itself: marks spelled in it become their tokens. */
    void form(String text) {
        marks.split(
                text,
                0,
                text.length(),
                new AddedTokenMatcher.Sink() {
                    @Override
                    public void plain(int from, int to) {
                        text(text.substring(from, to));
                    }

                    @Override
                    public void added(int id) {
                        mark(id);
                    }
                });
    }

    void mark(int id) {
        cut();
        learned.set(ids.size(), learning);
        ids.add(id);
    }

    /** Ends the text before, so that nothing that comes later is encoded together with it. */
    void cut() {
        if (pending.isEmpty()) {
            return;
        }
        StringBuilder all = new StringBuilder();
        pending.forEach(piece -> all.append(piece.text()));
        int[] whole = encoded(all.toString(), ids.size() > 0);
        if (pending.stream().anyMatch(Piece::learned)) {
            mark(whole);
        }
        ids.addAll(whole);
        pending.clear();
    }

    private int[] encoded(String text, boolean after) {
        return after ? tokenizer.encodePlainAfter(text) : tokenizer.encodePlain(text);
    }

    /** Marks what is learned of the pending text, where its end falls between two tokens. */
    private void mark(int[] whole) {
        int at = 0;
        BitSet own = new BitSet();
        for (int i = 0; i < pending.size(); ) {
            boolean same = pending.get(i).learned();
            StringBuilder run = new StringBuilder();
            while (i < pending.size() && pending.get(i).learned() == same) {
                run.append(pending.get(i++).text());
            }
            int[] part =
                    run.length() == 0 ? new int[0] : encoded(run.toString(), ids.size() + at > 0);
            for (int id : part) {
                if (at == whole.length || whole[at] != id) {
                    return; // a token lies across the border: none of this text is learned
                }
                own.set(ids.size() + at++, same);
            }
        }
        if (at == whole.length) {
            learned.or(own);
        }
    }

    int[] ids() {
        cut();
        return ids.toArray();
    }

    /** Puts a start token in front unless there is one, and drops all but one. */
    static int[] startedOnce(int[] ids, OptionalInt bos, boolean add) {
        if (bos.isEmpty()) {
            return ids;
        }
        int starts = 0;
        while (starts < ids.length && ids[starts] == bos.getAsInt()) {
            starts++;
        }
        int wanted = starts > 0 || add ? 1 : 0;
        int[] once = new int[ids.length - starts + wanted];
        System.arraycopy(ids, starts, once, wanted, ids.length - starts);
        if (wanted == 1) {
            once[0] = bos.getAsInt();
        }
        return once;
    }

    TrainingExample example() {
        cut();
        boolean[] mask = new boolean[ids.size()];
        learned.stream().forEach(position -> mask[position] = true);
        return new TrainingExample(ids.toArray(), mask);
    }
}
