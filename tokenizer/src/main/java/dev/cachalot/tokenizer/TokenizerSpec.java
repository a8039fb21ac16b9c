package dev.cachalot.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

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
        Rules rules)
        implements Vocabulary {

    /**
     * Rules of encoding that the names of pre-tokenizers do not settle.
     *
     * @param ignoreMerges a piece that is a token as a whole is taken as that token, whatever the
     *     merges make of it
     * @param nfc text is brought to Unicode normal form C first
     * @param addsBos see {@link Vocabulary#addsBos}
     */
    public record Rules(boolean ignoreMerges, boolean nfc, boolean addsBos) {
        public static final Rules PLAIN = new Rules(false, false, false);

        /**
         * The rules of the models that the pre-tokenizer's name stands for, for formats that carry
         * no rules (GGUF): {@code llama-bpe} ignores merges, the Qwen ones take normal form C.
         */
        public static Rules of(String preTokenizer, boolean addsBos) {
            return switch (preTokenizer) {
                case "llama-bpe" -> new Rules(true, false, addsBos);
                case "qwen2", "deepseek-r1-qwen" -> new Rules(false, true, addsBos);
                default -> new Rules(false, false, addsBos);
            };
        }
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
        VocabularyCheck.of(tokens, addedTokens, bosId, eosId);
    }

    /**
     * A description with the rules that the pre-tokenizer's models use, see {@link Rules#of}; the
     * start token is asked for where there is one.
     */
    public static TokenizerSpec of(
            String preTokenizer,
            List<String> tokens,
            List<String> merges,
            List<AddedToken> addedTokens,
            OptionalInt bosId,
            OptionalInt eosId) {
        return new TokenizerSpec(
                preTokenizer,
                tokens,
                merges,
                addedTokens,
                bosId,
                eosId,
                Rules.of(preTokenizer, bosId.isPresent()));
    }

    @Override
    public boolean addsBos() {
        return rules.addsBos();
    }

    @Override
    public Tokenizer tokenizer() {
        return new BytePairTokenizer(this);
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
}
