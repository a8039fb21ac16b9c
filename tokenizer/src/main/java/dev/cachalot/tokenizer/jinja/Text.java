package dev.cachalot.tokenizer.jinja;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A string that knows of each of its characters whether it comes from the template or from outside.
 * It keeps that through everything that is done with it, so a message can never spell a control
 * token. Two texts are equal when their characters are.
 */
public final class Text implements Value {
    static final Text EMPTY = new Text("", new BitSet());

    private final String value;
    private final BitSet foreign; // characters from outside; never changed

    private Text(String value, BitSet foreign) {
        this.value = value;
        this.foreign = foreign;
    }

    /** Text of the template. */
    public static Text own(String value) {
        return new Text(value, EMPTY.foreign);
    }

    /** Text from outside. */
    public static Text foreign(String value) {
        BitSet all = new BitSet();
        all.set(0, value.length());
        return new Text(value, all);
    }

    /** Text made of another, whose characters can't be followed: foreign where any of it was. */
    static Text after(Text source, String value) {
        return source.foreign.isEmpty() ? own(value) : foreign(value);
    }

    public String value() {
        return value;
    }

    int length() {
        return value.length();
    }

    /** Characters as Python counts them. */
    int points() {
        return value.codePointCount(0, value.length());
    }

    /** From one of {@link #points} to another. */
    Text slicePoints(int from, int to) {
        int start = value.offsetByCodePoints(0, from);
        return slice(start, value.offsetByCodePoints(start, to - from));
    }

    boolean isForeign() {
        return !foreign.isEmpty();
    }

    Text slice(int from, int to) {
        return foreign.isEmpty()
                ? own(value.substring(from, to))
                : new Text(value.substring(from, to), foreign.get(from, to));
    }

    /** What stands from there on. */
    public Text from(int start) {
        return slice(start, value.length());
    }

    Text strip(boolean left, boolean right, String characters) {
        int from = 0;
        int to = value.length();
        while (left && from < to && stripped(value.charAt(from), characters)) {
            from++;
        }
        while (right && to > from && stripped(value.charAt(to - 1), characters)) {
            to--;
        }
        return slice(from, to);
    }

    private static boolean stripped(char c, String characters) {
        return characters.isEmpty() ? PythonText.isSpace(c) : characters.indexOf(c) >= 0;
    }

    /** A letter-by-letter change that keeps the length where it can. */
    Text changed(String to) {
        return to.length() == value.length() ? new Text(to, foreign) : after(this, to);
    }

    /** Pieces of one origin each, in order. */
    public List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        int at = 0;
        while (at < value.length()) {
            boolean outside = foreign.get(at);
            int end = outside ? foreign.nextClearBit(at) : foreign.nextSetBit(at);
            end = end < 0 ? value.length() : Math.min(end, value.length());
            runs.add(new Run(value.substring(at, end), outside));
            at = end;
        }
        return runs;
    }

    /**
     * A piece of one origin.
     *
     * @param foreign whether it comes from outside
     */
    public record Run(String text, boolean foreign) {}

    @Override
    public boolean equals(Object other) {
        return other instanceof Text text && text.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return value;
    }

    /** Puts texts together. */
    static final class Builder {
        private final StringBuilder value = new StringBuilder();
        private final BitSet foreign = new BitSet();

        Builder add(Text text) {
            int at = value.length();
            value.append(text.value);
            for (int from = text.foreign.nextSetBit(0); from >= 0; ) {
                int to = text.foreign.nextClearBit(from);
                foreign.set(at + from, at + to);
                from = text.foreign.nextSetBit(to);
            }
            return this;
        }

        int length() {
            return value.length();
        }

        Text text() {
            return new Text(value.toString(), (BitSet) foreign.clone());
        }
    }
}
