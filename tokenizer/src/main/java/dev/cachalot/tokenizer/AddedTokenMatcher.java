package dev.cachalot.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the leftmost, and of those the longest. A tree of characters. */
final class AddedTokenMatcher {
    private static final int NONE = -1;

    private final Node root = new Node();
    private final boolean[] starts = new boolean[256]; // whether a token begins with the character
    private final boolean empty;

    /** Looks for the tokens' texts in the spelling given. */
    AddedTokenMatcher(List<AddedToken> tokens, UnaryOperator<String> spelling) {
        empty = tokens.isEmpty();
        for (AddedToken token : tokens) {
            String text = spelling.apply(token.text());
            Node node = root;
            for (int i = 0; i < text.length(); i++) {
                node = node.childOrNew(text.charAt(i));
            }
            if (node.token == null) { // of two that are spelled alike the first counts
                node.token = token;
            }
            starts[text.charAt(0) & 0xFF] = true;
        }
    }

    /** Gives the sink every stretch between added tokens and every added token, in order. */
    void split(String text, int from, int to, Sink sink) {
        int plainFrom = from;
        int at = empty ? to : from;
        while (at < to) {
            if (!starts[text.charAt(at) & 0xFF]) {
                at++;
                continue;
            }
            int end = NONE;
            AddedToken token = null;
            Node node = root.child(text.charAt(at));
            for (int i = at + 1; node != null; i++) {
                if (node.token != null) {
                    end = i;
                    token = node.token;
                }
                node = i < to ? node.child(text.charAt(i)) : null;
            }
            if (token == null) {
                at++;
                continue;
            }
            if (token.matching().singleWord() && touchesWord(text, at, end, from, to)) {
                at = end;
                continue;
            }
            int start = at;
            while (token.matching().lstrip()
                    && start > plainFrom
                    && WhiteSpace.is(text.charAt(start - 1))) {
                start--;
            }
            while (token.matching().rstrip() && end < to && WhiteSpace.is(text.charAt(end))) {
                end++;
            }
            if (plainFrom < start) {
                sink.plain(plainFrom, start);
            }
            sink.added(token.id());
            at = end;
            plainFrom = end;
        }
        if (plainFrom < to) {
            sink.plain(plainFrom, to);
        }
    }

    private static boolean touchesWord(String text, int start, int end, int from, int to) {
        return (start > from && isWord(text.codePointBefore(start)))
                || (end < to && isWord(text.codePointAt(end)));
    }

    /** What {@code \w} means in Unicode. */
    private static boolean isWord(int c) {
        return Character.isLetterOrDigit(c)
                || Character.isAlphabetic(c)
                || switch (Character.getType(c)) {
                    case Character.NON_SPACING_MARK,
                            Character.ENCLOSING_MARK,
                            Character.COMBINING_SPACING_MARK,
                            Character.CONNECTOR_PUNCTUATION ->
                            true;
                    default -> c == 0x200C || c == 0x200D;
                };
    }

    /** Receives a text's parts in order. */
    interface Sink {
        void plain(int from, int to);

        void added(int id);
    }

    /** Written by the constructor only. */
    private static final class Node {
        private char[] characters = {}; // sorted
        private Node[] children = {};
        private @Nullable AddedToken token; // that ends here

        @Nullable Node child(char c) {
            int index = Arrays.binarySearch(characters, c);
            return index < 0 ? null : children[index];
        }

        Node childOrNew(char c) {
            int index = Arrays.binarySearch(characters, c);
            if (index >= 0) {
                return children[index];
            }
            int at = -index - 1;
            char[] moreCharacters = new char[characters.length + 1];
            Node[] moreChildren = new Node[children.length + 1];
            System.arraycopy(characters, 0, moreCharacters, 0, at);
            System.arraycopy(children, 0, moreChildren, 0, at);
            System.arraycopy(characters, at, moreCharacters, at + 1, characters.length - at);
            System.arraycopy(children, at, moreChildren, at + 1, children.length - at);
            Node fresh = new Node();
            moreCharacters[at] = c;
            moreChildren[at] = fresh;
            characters = moreCharacters;
            children = moreChildren;
            return fresh;
        }
    }
}
