package dev.cachalot.tokenizer;

import java.util.List;
import java.util.OptionalInt;

/**
 * A tokenizer as files describe it, of whatever format: what {@code tokenizer.json} and GGUF's
 * {@code tokenizer.ggml.*} keys have in common. Immutable.
 */
public sealed interface Vocabulary permits TokenizerSpec, SentencePieceSpec {
    /** One spelling an id, from 0 on. */
    List<String> tokens();

    /** The tokens that stand for their exact text. */
    List<AddedToken> addedTokens();

    /** The token that starts a text, where there is one. */
    OptionalInt bosId();

    /** The token that ends an answer, where there is one. */
    OptionalInt eosId();

    /**
     * Whether the file asks for the start token in front of a text. {@link Tokenizer#encode} never
     * puts it there: a chat template or the caller does, once.
     */
    boolean addsBos();

    /**
     * The tokenizer so described.
     *
     * @throws TokenizerFormatException when the description contradicts itself
     */
    Tokenizer tokenizer();
}
