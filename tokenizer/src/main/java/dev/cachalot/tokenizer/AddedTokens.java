package dev.cachalot.tokenizer;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The added tokens of a vocabulary. In a text those that are not normalized are found first; then
 * what lies between them is brought to normal form and the others are looked for.
 */
final class AddedTokens {
    private final Map<String, Integer> ids = new HashMap<>();
    private final BitSet added = new BitSet();
    private final BitSet special = new BitSet();
    private final AddedTokenMatcher exact;
    private final AddedTokenMatcher normalized;
    private final UnaryOperator<String> normalForm;

    AddedTokens(List<AddedToken> tokens, UnaryOperator<String> normalForm) {
        for (AddedToken token : tokens) {
            ids.put(token.text(), token.id());
            added.set(token.id());
            special.set(token.id(), token.special());
        }
        this.normalForm = normalForm;
        exact =
                new AddedTokenMatcher(
                        tokens.stream().filter(token -> !token.matching().normalized()).toList(),
                        UnaryOperator.identity());
        normalized =
                new AddedTokenMatcher(
                        tokens.stream().filter(token -> token.matching().normalized()).toList(),
                        normalForm);
    }

    OptionalInt id(String text) {
        Integer id = ids.get(text);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    boolean isAdded(int id) {
        return added.get(id);
    }

    boolean isSpecial(int id) {
        return special.get(id);
    }

    /** Gives the sink the stretches between added tokens, in normal form, and those tokens. */
    void split(String text, Sink sink) {
        exact.split(
                text,
                0,
                text.length(),
                new AddedTokenMatcher.Sink() {
                    @Override
                    public void plain(int from, int to) {
                        splitNormal(text.substring(from, to), sink);
                    }

                    @Override
                    public void added(int id) {
                        sink.added(id);
                    }
                });
    }

    private void splitNormal(String text, Sink sink) {
        String normal = normalForm.apply(text);
        normalized.split(
                normal,
                0,
                normal.length(),
                new AddedTokenMatcher.Sink() {
                    @Override
                    public void plain(int from, int to) {
                        sink.plain(normal, from, to);
                    }

                    @Override
                    public void added(int id) {
                        sink.added(id);
                    }
                });
    }

    /** Receives a text's parts in order. */
    interface Sink {
        void plain(String text, int from, int to);

        void added(int id);
    }
}
