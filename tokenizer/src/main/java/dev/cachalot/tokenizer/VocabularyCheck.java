package dev.cachalot.tokenizer;

import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What every vocabulary must keep to, whatever its kind. */
final class VocabularyCheck {
    /** Longer added tokens are refused: each place of a text is compared with all of them. */
    private static final int LONGEST_ADDED = 512;

    /**
     * Checks that ids are in range, tokens are there once and added tokens say what the vocabulary
     * says.
     *
     * @throws TokenizerFormatException when not
     */
    static void of(
            List<String> tokens,
            List<AddedToken> addedTokens,
            OptionalInt bosId,
            OptionalInt eosId) {
        if (tokens.isEmpty()) {
            throw new TokenizerFormatException(
                    "the vocabulary is empty; expected at least a token for every byte");
        }
        id("bos", bosId, tokens.size());
        id("eos", eosId, tokens.size());
        checkAdded(addedTokens, tokens);
        checkOnce(tokens);
    }

    private static void checkAdded(List<AddedToken> addedTokens, List<String> tokens) {
        Set<Integer> ids = HashSet.newHashSet(addedTokens.size());
        for (AddedToken added : addedTokens) {
            String shown = shortened(added.text());
            id("added token '" + shown + "':", OptionalInt.of(added.id()), tokens.size());
            if (added.text().length() > LONGEST_ADDED) {
                throw new TokenizerFormatException(
                        "added token %d '%s' has %d characters; expected at most %d"
                                .formatted(
                                        added.id(), shown, added.text().length(), LONGEST_ADDED));
            }
            if (!tokens.get(added.id()).equals(added.text())) {
                throw new TokenizerFormatException(
                        "added token %d is '%s', but the vocabulary has '%s' at that id; expected the same text"
                                .formatted(added.id(), shown, shortened(tokens.get(added.id()))));
            }
            if (!ids.add(added.id())) {
                throw new TokenizerFormatException(
                        "id %d is declared by two added tokens, the second is '%s'; expected one"
                                .formatted(added.id(), shown));
            }
        }
    }

    private static void checkOnce(List<String> tokens) {
        Set<String> seen = HashSet.newHashSet(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            if (!seen.add(tokens.get(id))) {
                throw new TokenizerFormatException(
                        "token '%s' has two ids, %d and %d; expected one"
                                .formatted(
                                        shortened(tokens.get(id)),
                                        tokens.indexOf(tokens.get(id)),
                                        id));
            }
        }
    }

    /** Checks that an id, where there is one, is in the vocabulary. */
    static void id(String what, OptionalInt id, int vocabSize) {
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= vocabSize)) {
            throw new TokenizerFormatException(
                    "%s id is %d; expected 0 to %d".formatted(what, id.getAsInt(), vocabSize - 1));
        }
    }

    /** A token for a message: a hostile one may have a million characters. */
    static String shortened(String token) {
        return token.length() <= 80 ? token : token.substring(0, 80) + "…";
    }

    private VocabularyCheck() {}
}
