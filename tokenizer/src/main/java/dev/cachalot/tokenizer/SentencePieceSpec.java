package dev.cachalot.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * A vocabulary of SentencePiece's byte-pair kind, as Llama 2 uses it: symbols are characters, a
 * space is written U+2581, and what has no token is spelled in byte tokens {@code <0x00>} to {@code
 * <0xFF>}.
 *
 * @param tokens one spelling an id, from 0 on
 * @param order which two neighbours are merged first
 * @param addedTokens the tokens that stand for their exact text
 * @param spacePrefix where a text gets a space in front
 * @param unknownId the token for what cannot be spelled, where there is one; never given, for every
 *     byte has a token
 * @param bosId the token that starts a text, where there is one
 * @param eosId the token that ends an answer, where there is one
 * @param addsBos see {@link Vocabulary#addsBos}
 */
public record SentencePieceSpec(
        List<String> tokens,
        MergeOrder order,
        List<AddedToken> addedTokens,
        SpacePrefix spacePrefix,
        OptionalInt unknownId,
        OptionalInt bosId,
        OptionalInt eosId,
        boolean addsBos)
        implements Vocabulary {
    /** The sign that is written for a space. */
    public static final char SPACE = '\u2581';

    /** Which two neighbours are merged first; among equals, the leftmost. */
    public sealed interface MergeOrder {}

    /**
     * Those whose merged token has the highest score: GGUF and tokenizer.model.
     *
     * @param scores one a token
     */
    public record ByScore(List<Float> scores) implements MergeOrder {
        public ByScore {
            scores = List.copyOf(scores);
        }
    }

    /**
     * Those first in a list: tokenizer.json.
     *
     * @param merges each {@code "left right"}
     */
    public record ByRank(List<String> merges) implements MergeOrder {
        public ByRank {
            merges = List.copyOf(merges);
        }
    }

    /**
     * @throws TokenizerFormatException when an id is out of range, a token occurs twice, an added
     *     token's text differs from its entry, or scores are too few, too many or no numbers
     */
    public SentencePieceSpec {
        tokens = List.copyOf(tokens);
        addedTokens = List.copyOf(addedTokens);
        if (order instanceof ByScore(List<Float> scores)) {
            checkScores(scores, tokens.size());
        }
        VocabularyCheck.of(tokens, addedTokens, bosId, eosId);
        VocabularyCheck.id("unknown", unknownId, tokens.size());
    }

    private static void checkScores(List<Float> scores, int size) {
        if (scores.size() != size) {
            throw new TokenizerFormatException(
                    "there are %d scores for %d tokens; expected one a token"
                            .formatted(scores.size(), size));
        }
        for (int id = 0; id < size; id++) {
            if (scores.get(id).isNaN()) {
                throw new TokenizerFormatException(
                        "the score of token %d is not a number; expected one that can be compared"
                                .formatted(id));
            }
        }
    }

    /** The byte that a token of the form {@code <0x0A>} stands for, or -1 for any other. */
    public static int byteOf(String token) {
        if (token.length() != 6 || !token.startsWith("<0x") || token.charAt(5) != '>') {
            return -1;
        }
        int high = digit(token.charAt(3));
        int low = digit(token.charAt(4));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    private static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /**
     * One score a token, so that merging by them is merging in this order: those of the file, or
     * minus the place of the first merge that makes the token; tokens that no merge makes get 0.
     */
    public List<Float> scores() {
        return SentencePieceMerges.scores(this);
    }

    /** The merges in order, those of the file or all that the scores allow. */
    public List<String> merges() {
        return SentencePieceMerges.lines(this);
    }

    @Override
    public Tokenizer tokenizer() {
        return new SentencePieceTokenizer(this);
    }
}
