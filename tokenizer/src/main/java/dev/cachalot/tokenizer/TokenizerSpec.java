package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A byte-level vocabulary as files describe it, of whatever format.
 *
 * @param preTokenizer a name that {@link PreTokenizer#named} knows
 * @param tokens one spelling an id, from 0 on: byte spelling for merged tokens, plain text for
 *     added ones
 * @param merges in rank order, each {@code "left right"} in byte spelling
 * @param addedTokens the tokens that stand for their exact text; each one's text equals its entry
 *     in {@code tokens}
 * @param bosId the token that starts a text, where there is one
 * @param eosId the token that ends an answer, where there is one
 * @param rules what else the format lets a file say about encoding
 */
public record TokenizerSpec(
        String preTokenizer,
        List<String> tokens,
        List<String> merges,
        List<AddedToken> addedTokens,
        OptionalInt bosId,
        OptionalInt eosId,
        Rules rules) {

    /**
     * Rules of encoding that few files set.
     *
     * @param ignoreMerges a piece that is a token as a whole is taken as that token, whatever the
     *     merges make of it
     * @param nfc text is brought to Unicode normal form C first
     */
    public record Rules(boolean ignoreMerges, boolean nfc) {
        public static final Rules PLAIN = new Rules(false, false);
    }

    /**
     * @throws TokenizerFormatException when an id is out of range, a token occurs twice or an added
     *     token's text differs from its entry
     */
    public TokenizerSpec {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
        addedTokens = List.copyOf(addedTokens);
        PreTokenizer.named(preTokenizer);
        checkId("bos", bosId, tokens.size());
        checkId("eos", eosId, tokens.size());
        checkAdded(addedTokens, tokens);
        checkOnce(tokens);
    }

    /**
     * A description with the rules that the pre-tokenizer's models use: formats that carry no rules
     * (GGUF) leave them to the name, and {@code llama-bpe} ignores merges.
     */
    public static TokenizerSpec of(
            String preTokenizer,
            List<String> tokens,
            List<String> merges,
            List<AddedToken> addedTokens,
            OptionalInt bosId,
            OptionalInt eosId) {
        Rules rules = preTokenizer.equals("llama-bpe") ? new Rules(true, false) : Rules.PLAIN;
        return new TokenizerSpec(preTokenizer, tokens, merges, addedTokens, bosId, eosId, rules);
    }

    /**
     * This description with an added token put in place of the one with the same id: DeepSeek-R1
     * names two place holders of V3's file {@code <think>} and {@code </think>}.
     *
     * @throws TokenizerFormatException when there is no added token with that id or the text is
     *     another token's
     */
    public TokenizerSpec withAddedToken(AddedToken renamed) {
        if (addedTokens.stream().noneMatch(added -> added.id() == renamed.id())) {
            throw new TokenizerFormatException(
                    "no added token has id %d; expected the id of one to rename it '%s'"
                            .formatted(renamed.id(), renamed.text()));
        }
        List<String> newTokens = new ArrayList<>(tokens);
        newTokens.set(renamed.id(), renamed.text());
        List<AddedToken> newAdded =
                addedTokens.stream()
                        .map(added -> added.id() == renamed.id() ? renamed : added)
                        .toList();
        return new TokenizerSpec(preTokenizer, newTokens, merges, newAdded, bosId, eosId, rules);
    }

    private static void checkId(String what, OptionalInt id, int vocabSize) {
        if (id.isPresent() && (id.getAsInt() < 0 || id.getAsInt() >= vocabSize)) {
            throw new TokenizerFormatException(
                    "%s id is %d; expected 0 to %d".formatted(what, id.getAsInt(), vocabSize - 1));
        }
    }

    private static void checkAdded(List<AddedToken> addedTokens, List<String> tokens) {
        Set<Integer> ids = HashSet.newHashSet(addedTokens.size());
        for (AddedToken added : addedTokens) {
            checkId(
                    "added token '" + added.text() + "':",
                    OptionalInt.of(added.id()),
                    tokens.size());
            if (!tokens.get(added.id()).equals(added.text())) {
                throw new TokenizerFormatException(
                        "added token %d is '%s', but the vocabulary has '%s' at that id; expected the same text"
                                .formatted(added.id(), added.text(), tokens.get(added.id())));
            }
            if (!ids.add(added.id())) {
                throw new TokenizerFormatException(
                        "id %d is declared by two added tokens, the second is '%s'; expected one"
                                .formatted(added.id(), added.text()));
            }
        }
    }

    private static void checkOnce(List<String> tokens) {
        Set<String> seen = HashSet.newHashSet(tokens.size());
        for (int id = 0; id < tokens.size(); id++) {
            if (!seen.add(tokens.get(id))) {
                throw new TokenizerFormatException(
                        "token '%s' has two ids, %d and %d; expected one"
                                .formatted(tokens.get(id), tokens.indexOf(tokens.get(id)), id));
            }
        }
    }
}
