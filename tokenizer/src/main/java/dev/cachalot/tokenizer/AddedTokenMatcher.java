package dev.cachalot.tokenizer;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in a text: the leftmost, and of those the longest. A tree of characters. */
final class AddedTokenMatcher {
    private static final int NONE = -1;

    private final Node root = new Node();

    AddedTokenMatcher(List<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            Node node = root;
            for (int i = 0; i < token.text().length(); i++) {
                node = node.childOrNew(token.text().charAt(i));
            }
            node.id = token.id();
        }
    }

    /** Gives the sink every stretch between added tokens and every added token, in order. */
    void split(String text, Sink sink) {
        int plainFrom = 0;
        int at = 0;
        while (at < text.length()) {
            int end = NONE;
            int id = NONE;
            Node node = root.child(text.charAt(at));
            for (int i = at + 1; node != null; i++) {
                if (node.id != NONE) {
                    end = i;
                    id = node.id;
                }
                node = i < text.length() ? node.child(text.charAt(i)) : null;
            }
            if (end == NONE) {
                at++;
                continue;
            }
            if (plainFrom < at) {
                sink.plain(plainFrom, at);
            }
            sink.added(id);
            at = end;
            plainFrom = end;
        }
        if (plainFrom < at) {
            sink.plain(plainFrom, at);
        }
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
        private int id = NONE; // of the token that ends here

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
